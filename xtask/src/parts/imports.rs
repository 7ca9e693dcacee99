//! What the wasm and the glue have of each other, under short names: those of wasm-bindgen carry hashes, which do not compress,
//! and stand in both files.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};

use super::exports::{leb128, number, sections};

/// The sections of imports and of exports, and the kind of an import that is a function (WebAssembly Core 5.5.5, 5.5.10).
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;
const FUNCTION: u8 = 0;

/// The glue and the module, with every function that they share named by its number.
pub fn shortened(glue: &str, wasm: &[u8]) -> Result<(String, Vec<u8>)> {
    let mut names = HashMap::new();
    let wasm = sections(wasm, |id, content| match id {
        IMPORTS => renamed(content, &mut names),
        EXPORTS => renamed_exports(content, &mut names),
        _ => Ok(content.to_vec()),
    })?;
    let mut written = String::with_capacity(glue.len());
    let mut rest = glue;
    while let Some(start) = rest.find(is_of_a_name) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|letter| !is_of_a_name(letter)).unwrap_or(from.len());
        let (name, after) = from.split_at(end);
        written += before;
        written += names.get(name).map_or(name, String::as_str);
        rest = after;
    }
    Ok((written + rest, wasm))
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || letter == '$'
}

fn renamed(section: &[u8], names: &mut HashMap<String, String>) -> Result<Vec<u8>> {
    let (count, mut rest) = number(section)?;
    let mut entries = leb128(count);
    for _ in 0..count {
        let (module, after) = text(rest)?;
        let (name, after) = text(after)?;
        let (&kind, described) = after.split_first().context("an import is cut")?;
        if kind != FUNCTION {
            bail!("{name} is imported and is no function");
        }
        let (_, after) = number(described)?;
        // Names of wasm-bindgen begin so; the loaders of parts are known to the glue by theirs.
        let short = match name.starts_with("__wbg_") || name.starts_with("__wbindgen_") {
            true => short(name, names),
            false => name.to_owned(),
        };
        for text in [module, &short] {
            entries.extend(leb128(text.len()));
            entries.extend(text.as_bytes());
        }
        entries.push(kind);
        entries.extend(&described[..described.len() - after.len()]);
        rest = after;
    }
    Ok(entries)
}

/// What calls the closures: of the others some are named in strings, or by the parts.
const OF_CLOSURES: &str = "wasm_bindgen_";

fn renamed_exports(section: &[u8], names: &mut HashMap<String, String>) -> Result<Vec<u8>> {
    let (count, mut rest) = number(section)?;
    let mut entries = leb128(count);
    for _ in 0..count {
        let (name, after) = text(rest)?;
        let described = after;
        let (_, after) = after.split_first().context("an export is cut")?;
        let (_, after) = number(after)?;
        let name = match name.starts_with(OF_CLOSURES) {
            true => short(name, names),
            false => name.to_owned(),
        };
        entries.extend(leb128(name.len()));
        entries.extend(name.as_bytes());
        entries.extend(&described[..described.len() - after.len()]);
        rest = after;
    }
    Ok(entries)
}

fn short(name: &str, names: &mut HashMap<String, String>) -> String {
    let next = format!("_{}", names.len());
    names.entry(name.to_owned()).or_insert(next).clone()
}

fn text(bytes: &[u8]) -> Result<(&str, &[u8])> {
    let (length, after) = number(bytes)?;
    let (text, after) = after.split_at_checked(length).context("a name is cut")?;
    Ok((std::str::from_utf8(text)?, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files_get_the_same_short_names() {
        // Imports of ./g: __wbg_a_1, load_x and __wbg_a_1 once more.
        let wasm = b"\0asm\x01\0\0\0\x02\x2f\x03\x03./g\x09__wbg_a_1\x00\x07\x03./g\x06load_x\x00\x08\x03./g\x09__wbg_a_1\x00\x81\x01";
        let glue = "{__wbg_a_1:function(){},load_x:y,__wbg_a_12:z}";
        let (glue, wasm) = shortened(glue, wasm).unwrap();
        assert_eq!(glue, "{_0:function(){},load_x:y,__wbg_a_12:z}");
        assert_eq!(
            wasm,
            b"\0asm\x01\0\0\0\x02\x21\x03\x03./g\x02_0\x00\x07\x03./g\x06load_x\x00\x08\x03./g\x02_0\x00\x81\x01"
        );
    }

    #[test]
    fn what_calls_a_closure_is_named_shortly_and_no_other_export_is() {
        // Exports: the function wasm_bindgen_a of number 300, and the memory memory.
        let wasm = b"\0asm\x01\0\0\0\x07\x1c\x02\x0ewasm_bindgen_a\x00\xac\x02\x06memory\x02\x00";
        let (glue, wasm) = shortened("wasm.wasm_bindgen_a(wasm.memory)", wasm).unwrap();
        assert_eq!(glue, "wasm._0(wasm.memory)");
        assert_eq!(
            wasm,
            b"\0asm\x01\0\0\0\x07\x10\x02\x02_0\x00\xac\x02\x06memory\x02\x00"
        );
    }

    #[test]
    fn an_import_of_another_kind_is_refused() {
        let memory = b"\0asm\x01\0\0\0\x02\x08\x01\x01m\x01n\x02\x00\x01";
        assert!(shortened("", memory).is_err());
    }
}
