//! How parts are loaded, written into the glue of wasm-bindgen: where the file of `wasm-split-cli` would be one request more in
//! a row, and knows neither hashed names nor integrity.

use anyhow::{Result, bail};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha384};

use super::{GROUPS, SESSION};

const LOADER: &str = include_str!("loader.js");

/// The module that the main file expects its loaders from.
const EXPECTED: &str = "\"./__wasm_split.js\"";

/// A finished part.
pub struct File {
    pub part: String,
    pub file: String,
    pub wasm: Vec<u8>,
    /// The other parts that must be there before it is entered.
    pub needed: Vec<&'static str>,
}

/// The glue with the loader in the place of what it imports.
pub fn with_parts(glue: &str, files: &[File]) -> Result<String> {
    let (mut written, mut imports) = (String::new(), 0);
    for line in glue.lines() {
        let given = line.trim_start().starts_with(EXPECTED);
        match line.contains(EXPECTED) {
            // One line for each part, and a later one of the same name replaces an earlier one.
            true if given && imports == 0 => written += &format!("{EXPECTED}: partImports,\n"),
            true if given || line.starts_with("import ") => {}
            // It would keep the classes of crates alive, and the app makes none.
            false if line.starts_with("if (Symbol.dispose) ") => {}
            true => bail!("wasm-bindgen wrote a line that nobody expected: {line}"),
            false => written += &format!("{line}\n"),
        }
        imports += usize::from(line.contains(EXPECTED) && given);
    }
    if imports == 0 {
        bail!("the glue of wasm-bindgen imports no part");
    }
    Ok(written + &loader(files))
}

fn loader(files: &[File]) -> String {
    let known: Vec<String> = files
        .iter()
        .map(|known| {
            let File {
                part,
                file,
                wasm,
                needed,
            } = known;
            let integrity = BASE64_STANDARD.encode(Sha384::digest(wasm));
            format!("{part}: [\"{file}\", \"sha384-{integrity}\", {needed:?}]")
        })
        .collect();
    let parts = files.iter().map(|file| file.part.as_str());
    let loads: Vec<String> = parts
        .filter(|part| *part == SESSION || GROUPS.iter().all(|(group, _)| group != part))
        .map(|part| format!("__wasm_split_load_{part}: loadsPart(\"{part}\")"))
        .collect();
    LOADER
        .replace("partFiles = {}", &format!("partFiles = {{{}}}", known.join(", ")))
        .replace(
            "partImports = {}",
            &format!("partImports = {{{}}}", loads.join(", ")),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> [File; 2] {
        ["flow", "shared"].map(|part| File {
            needed: if part == "flow" {
                vec![SESSION, "shared"]
            } else {
                vec![]
            },
            part: part.into(),
            file: format!("polar-connect-{part}-0.wasm"),
            wasm: Vec::new(),
        })
    }

    #[test]
    fn the_loader_takes_the_place_of_the_imports() {
        let glue = "import * as import1 from \"./__wasm_split.js\"\nimport * as import2 from \"./__wasm_split.js\"\n\
                    if (Symbol.dispose) A.prototype;\nreturn {\n        \"./__wasm_split.js\": import1,\n        \"./__wasm_split.js\": import2,\n};\n";
        let written = with_parts(glue, &files()).unwrap();
        assert!(
            written.starts_with("return {\n\"./__wasm_split.js\": partImports,\n};\n"),
            "{written}"
        );
        assert!(written.contains("const partImports = {__wasm_split_load_flow: loadsPart(\"flow\")};"));
        // The digest of nothing, as FIPS 180-4 has it.
        assert!(written.contains("flow: [\"polar-connect-flow-0.wasm\", \"sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb\", [\"session\", \"shared\"]]"));
        assert!(written.contains("shared: [") && !written.contains("loadsPart(\"shared\")"));
    }

    #[test]
    fn glue_that_imports_no_part_or_in_another_way_is_refused() {
        assert!(with_parts("return {};\n", &files()).is_err());
        let other = "export * from \"./__wasm_split.js\";\n\"./__wasm_split.js\": import1,\n";
        assert!(with_parts(other, &files()).is_err());
    }
}
