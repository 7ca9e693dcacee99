//! Places in the table that are written as empty: `wasm-split-cli` keeps one for each function of each part, and a table is
//! empty before anything is written to it.

use anyhow::{Context, Result, bail};

use super::exports::{leb128, number, sections};

/// The section of elements, and its two kinds that write to the table of the module: by the number of each function, or by an
/// expression (WebAssembly Core 5.5.12).
const ELEMENTS: u8 = 9;
const BY_NUMBER: usize = 0;
const BY_EXPRESSION: usize = 4;

const I32_CONST: u8 = 0x41;
const REF_NULL: u8 = 0xd0;
const REF_FUNC: u8 = 0xd2;
const END: u8 = 0x0b;

/// The module without the segments that write nothing else.
pub fn without_empty(wasm: &[u8]) -> Result<Vec<u8>> {
    sections(wasm, |id, content| match id {
        ELEMENTS => segments(content),
        _ => Ok(content.to_vec()),
    })
}

fn segments(section: &[u8]) -> Result<Vec<u8>> {
    let (count, mut rest) = number(section)?;
    let (mut kept, mut entries) = (0, Vec::new());
    for _ in 0..count {
        let (kind, after) = number(rest)?;
        let after = place(after)?;
        let (length, mut after) = number(after)?;
        let mut is_empty = true;
        for _ in 0..length {
            let writes;
            (writes, after) = match kind {
                BY_NUMBER => (true, number(after)?.1),
                BY_EXPRESSION => expression(after)?,
                other => bail!("a segment of elements is of kind {other}"),
            };
            is_empty &= !writes;
        }
        if !is_empty {
            kept += 1;
            entries.extend(&rest[..rest.len() - after.len()]);
        }
        rest = after;
    }
    Ok([leb128(kept), entries].concat())
}

/// Past where a segment begins in the table.
fn place(bytes: &[u8]) -> Result<&[u8]> {
    match bytes.split_first() {
        Some((&I32_CONST, after)) => ended(number(after)?.1),
        _ => bail!("a segment of elements begins at no number"),
    }
}

/// Whether it writes a function, and what follows it.
fn expression(bytes: &[u8]) -> Result<(bool, &[u8])> {
    match bytes.split_first() {
        Some((&REF_FUNC, after)) => Ok((true, ended(number(after)?.1)?)),
        Some((&REF_NULL, after)) => Ok((false, ended(number(after)?.1)?)),
        _ => bail!("an element is neither a function nor empty"),
    }
}

fn ended(bytes: &[u8]) -> Result<&[u8]> {
    let rest = bytes.strip_prefix(&[END]);
    rest.context("an expression does not end")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(segments: &[&[u8]]) -> Vec<u8> {
        let content = [&[segments.len() as u8][..], &segments.concat()].concat();
        [b"\0asm\x01\0\0\0", &[ELEMENTS, content.len() as u8][..], &content].concat()
    }

    /// At 1, the functions 5 and 300; at 3, nothing twice; at 64, nothing and the function 7; at 70, no element.
    const NUMBERS: &[u8] = b"\x00\x41\x01\x0b\x02\x05\xac\x02";
    const EMPTY: &[u8] = b"\x04\x41\x03\x0b\x02\xd0\x70\x0b\xd0\x70\x0b";
    const MIXED: &[u8] = b"\x04\x41\xc0\x00\x0b\x02\xd0\x70\x0b\xd2\x07\x0b";
    const NONE: &[u8] = b"\x00\x41\xc6\x00\x0b\x00";

    #[test]
    fn what_writes_no_function_is_left_out() {
        let whole = module(&[NUMBERS, EMPTY, MIXED, NONE]);
        assert_eq!(without_empty(&whole).unwrap(), module(&[NUMBERS, MIXED]));
        assert_eq!(without_empty(&module(&[MIXED])).unwrap(), module(&[MIXED]));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for wrong in [
            &b"\x01\x41\x01\x0b\x01\x05"[..],
            b"\x00\x23\x01\x0b\x01\x05",
            b"\x04\x41\x01\x0b\x01\xd1\x70\x0b",
            b"\x04\x41\x01\x0b\x01\xd0\x70\x1a",
            b"\x00\x41\x01\x0b\x02\x05",
        ] {
            assert!(without_empty(&module(&[wrong])).is_err(), "{wrong:?}");
        }
    }
}
