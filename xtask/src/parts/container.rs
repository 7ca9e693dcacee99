//! Several wasm modules in one file: an empty module with a custom section for each (WebAssembly Core 5.5.3).

use super::exports::leb128;

/// What the loader asks `WebAssembly.Module.customSections` for.
const NAME: &[u8] = b"part";

pub fn around(modules: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"\0asm\x01\0\0\0".to_vec();
    for module in modules {
        let mut section = leb128(NAME.len());
        section.extend(NAME);
        section.extend(module);
        file.push(0);
        file.extend(leb128(section.len()));
        file.extend(section);
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_module_is_a_section_of_its_own() {
        let expected = b"\0asm\x01\0\0\0\x00\x06\x04partA\x00\x07\x04partBB";
        assert_eq!(around(&[b"A".to_vec(), b"BB".to_vec()]), expected);
    }
}
