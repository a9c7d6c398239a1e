//! The templates name operands that exist; words that show each alias and each kind of operand.

use super::*;
use crate::decode::table::ROWS;

#[test]
fn every_placeholder_is_known() {
    for template in ROWS.iter().map(|row| row.template).chain(alias::templates()) {
        for piece in template.split('{').skip(1) {
            let (name, _) = piece.split_once('}').expect("a placeholder is closed");
            assert!(expand(name, Site { word: 0, address: 0 }).is_some(), "{name} in {template}");
        }
    }
}

#[test]
fn a_row_is_named_after_its_mnemonic() {
    for row in ROWS {
        let mnemonic = row.template.split([' ', '{', '.']).next().unwrap_or_default();
        let name = format!("{:?}", row.op).to_lowercase();
        let grouped = name.starts_with("loadstore") || name.starts_with("loadliteral");
        assert!(grouped || name.starts_with(mnemonic), "{name}: {}", row.template);
    }
}
