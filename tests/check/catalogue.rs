//! The catalogue is whole: every probe is told in full, under its own name, in its group, with an address that fits.

use std::collections::HashSet;

use polar_connect::check::catalogue::PROBES;
use polar_connect::check::probe::{Group, IDS};

#[test]
fn every_probe_is_named_in_the_list_of_ids() {
    let ids: Vec<&str> = PROBES.iter().map(|probe| probe.id).collect();
    assert_eq!(ids, IDS);
}

#[test]
fn every_probe_is_told_in_full_and_has_a_name_of_its_own() {
    let mut ids = HashSet::new();
    for probe in PROBES {
        assert!(ids.insert(probe.id), "{}", probe.id);
        for text in [
            probe.title,
            probe.sent,
            probe.demanded,
            probe.section,
            probe.polar,
            probe.teaches,
            probe.remedy,
        ] {
            assert!(!text.is_empty(), "{}", probe.id);
            assert!(!text.contains('—'), "{}", probe.id);
        }
        assert!(probe.address.starts_with("https://"), "{}", probe.id);
    }
}

#[test]
fn an_address_leads_to_the_section_that_is_named() {
    for probe in PROBES {
        let Some((number, section)) = probe
            .section
            .strip_prefix("RFC ")
            .and_then(|rest| rest.split_once(" §"))
        else {
            continue;
        };
        let expected = format!("https://www.rfc-editor.org/rfc/rfc{number}#section-{section}");
        assert_eq!(probe.address, expected, "{}", probe.id);
    }
}

#[test]
fn the_groups_follow_each_other() {
    let order: Vec<Group> = PROBES.iter().map(|probe| probe.group).collect();
    let count = |group| order.iter().filter(|it| **it == group).count();
    assert_eq!(
        [count(Group::Open), count(Group::Login), count(Group::Further)],
        [12, 18, 7]
    );
    assert!(order[..12].iter().all(|it| *it == Group::Open));
    assert!(order[12..30].iter().all(|it| *it == Group::Login));
}
