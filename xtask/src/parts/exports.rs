//! Functions that the wasm exports and the glue does not name: nobody can call them, and `wasm-opt` must not keep them. Most are
//! those of classes that come with a crate and that the app makes none of.

use std::collections::HashSet;

use anyhow::{Context, Result, bail};

/// Magic and version.
const HEADER: usize = 8;
/// The section of exports, and the kind of an export that is a function (WebAssembly Core 5.5.10).
const EXPORTS: u8 = 7;
const FUNCTION: u8 = 0;

/// What the names of wasm-streams' classes have in common. It comes with Leptos for its server functions, and there are none here.
const NEVER_MADE: &str = "intounderlying";
/// How the glue asks for one of them to be made.
const MAKES_ONE: &str = "into_underlying";

/// The module as cargo linked it without the classes of which none is made: to whoever cuts it, what is exported is needed, with
/// all that it refers to.
pub fn without_classes(wasm: &[u8]) -> Result<Vec<u8>> {
    let is_of_class = |name: &[u8]| {
        let mut places = name.windows(NEVER_MADE.len());
        places.any(|place| place == NEVER_MADE.as_bytes())
    };
    sections(wasm, |id, content| match id {
        EXPORTS => functions(content, |name| !is_of_class(name)),
        _ => Ok(content.to_vec()),
    })
}

/// The module with those exports alone that are named, and those that are no functions.
pub fn named_in(glue: &str, wasm: &[u8]) -> Result<Vec<u8>> {
    if glue.contains(MAKES_ONE) {
        bail!("the app makes one of the classes that are left out: NEVER_MADE in xtask/src/parts/exports.rs");
    }
    let words =
        glue.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_' || letter == '$'));
    let words: HashSet<&[u8]> = words.map(str::as_bytes).collect();
    sections(wasm, |id, content| match id {
        EXPORTS => functions(content, |name| words.contains(name)),
        _ => Ok(content.to_vec()),
    })
}

/// The module with each section as `change` gives it.
pub fn sections(wasm: &[u8], mut change: impl FnMut(u8, &[u8]) -> Result<Vec<u8>>) -> Result<Vec<u8>> {
    let (header, mut rest) = wasm.split_at_checked(HEADER).context("too short for wasm")?;
    let mut changed = header.to_vec();
    while let Some((&id, after)) = rest.split_first() {
        let (length, after) = number(after)?;
        let (content, after) = after.split_at_checked(length).context("a section is cut")?;
        let content = change(id, content)?;
        changed.push(id);
        changed.extend(leb128(content.len()));
        changed.extend(content);
        rest = after;
    }
    Ok(changed)
}

/// The exports, of functions those that are to be kept.
fn functions(section: &[u8], is_kept: impl Fn(&[u8]) -> bool) -> Result<Vec<u8>> {
    let (count, mut rest) = number(section)?;
    let (mut kept, mut entries) = (0, Vec::new());
    for _ in 0..count {
        let (length, after) = number(rest)?;
        let (name, after) = after.split_at_checked(length).context("a name is cut")?;
        let (&kind, after) = after.split_first().context("an export is cut")?;
        let (_, after) = number(after)?;
        if kind != FUNCTION || is_kept(name) {
            kept += 1;
            entries.extend(&rest[..rest.len() - after.len()]);
        }
        rest = after;
    }
    Ok([leb128(kept), entries].concat())
}

/// An unsigned number in LEB128, and what follows it.
pub fn number(bytes: &[u8]) -> Result<(usize, &[u8])> {
    let length = bytes
        .iter()
        .position(|byte| byte & 0x80 == 0)
        .context("a number is cut")?;
    let (digits, rest) = bytes.split_at(length + 1);
    let sevens = digits.iter().rev();
    let number = sevens.fold(0, |number, byte| number << 7 | usize::from(byte & 0x7f));
    Ok((number, rest))
}

pub fn leb128(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let seven = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(seven);
            return bytes;
        }
        bytes.push(seven | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_that_the_glue_does_not_name_is_no_export_any_more() {
        // A custom section, then the exports: the functions `run` and `never` and the memory `m`.
        let before = b"\0asm\x01\0\0\0\x00\x02\x01x\x07\x14\x03\x03run\x00\x05\x05never\x00\x81\x01\x01m\x02\x00\x0a\x01\x00";
        let after = b"\0asm\x01\0\0\0\x00\x02\x01x\x07\x0b\x02\x03run\x00\x05\x01m\x02\x00\x0a\x01\x00";
        assert_eq!(named_in("wasm.run(nevermore)", before).unwrap(), after);
        assert_eq!(named_in("wasm.run(wasm.never)", before).unwrap(), before);
        assert!(named_in("", &before[..20]).is_err());
    }

    #[test]
    fn a_class_that_is_never_made_is_left_out_until_one_is_made() {
        let exports = |names: &[&str]| {
            let entries = names.iter().flat_map(|name| {
                let name = name.as_bytes();
                [&[name.len() as u8][..], name, &[FUNCTION, 0]].concat()
            });
            let content: Vec<u8> = [names.len() as u8].into_iter().chain(entries).collect();
            [b"\0asm\x01\0\0\0", &[EXPORTS, content.len() as u8][..], &content].concat()
        };
        let linked = exports(&[
            "main",
            "intounderlyingsink_write_5",
            "__wbg_intounderlyingsink_free_5",
        ]);
        assert_eq!(without_classes(&linked).unwrap(), exports(&["main"]));
        let main = exports(&["main"]);
        assert_eq!(named_in("wasm.main()", &main).unwrap(), main);
        assert!(named_in("wasm.main(); __wbg_new_with_into_underlying_sink_2()", &main).is_err());
    }

    #[test]
    fn numbers_are_written_in_sevens_of_bits() {
        for (value, written) in [
            (0x7f, &[0x7f][..]),
            (0x80, &[0x80, 0x01]),
            (624_485, &[0xe5, 0x8e, 0x26]),
        ] {
            assert_eq!(leb128(value), written);
            assert_eq!(number(written).unwrap(), (value, &[][..]));
        }
    }
}
