//! A wrong configuration is said clearly, all of it at once, with exit code 2, and nothing is done.

use crate::world::Place;

#[test]
fn a_missing_configuration_says_how_to_begin() {
    let place = Place::new("");
    let ended = place.run(&["run", "--once", "-c", "nowhere.toml"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("cannot read the configuration nowhere.toml"), "{}", ended.err);
    assert!(ended.err.contains("[[source]]"), "{}", ended.err);
}

#[test]
fn every_fault_is_shown_with_line_caret_cause_and_example() {
    let place = Place::new(
        "[schedule]\ninterval = \"often\"\n[[source]]\nurl = \"gopher://a.example/\"\nnme = \"A\"\n\
         [[source]]\nurl = \"https://b.example/f\"\n[[source]]\nurl = \"https://b.example/f\"\n\
         [[edition]]\nname = \"front\"\n",
    );
    for arguments in [&["run", "--once"][..], &["check"], &["run"], &[]] {
        let ended = place.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
        for part in [
            "config.toml:2:12: `interval` is not a duration",
            "config.toml:4:7: `url` is not the address of a feed",
            "config.toml:5:1: unknown key `nme` in [[source]]",
            "did you mean `name`?",
            "https://b.example/f is configured twice",
            "^^^",
            "for example: interval = \"1h\"",
            "4 faults in the configuration; nothing was done",
        ] {
            assert!(ended.err.contains(part), "{arguments:?} lacks {part:?}:\n{}", ended.err);
        }
        assert!(!ended.err.contains("panicked"), "{}", ended.err);
        assert!(!place.path().join("data").exists());
    }
}

#[test]
fn an_edition_that_selects_nothing_is_a_fault() {
    let place = Place::new(
        "[[source]]\nurl = \"https://b.example/f\"\ntags = [\"world\"]\n\
         [[edition]]\nname = \"front\"\ninclude = [\"tag:wrld\"]\n",
    );
    let ended = place.run(&["check"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("config.toml:6:11: edition `front` selects no source"), "{}", ended.err);
    assert!(ended.err.contains("the sources have: tag:world"), "{}", ended.err);
}

#[test]
fn check_shows_what_a_configuration_comes_to() {
    let place = crate::main_job::sample_desk();
    let ended = place.run(&["check"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("config.toml: 12 sources, 3 editions"), "{}", ended.out);
    assert!(ended.out.contains("edition  asia  reads peninsula-monitor\n"), "{}", ended.out);
    assert!(!place.path().join("data").exists());
}

#[test]
fn wrong_arguments_are_an_error_of_their_own() {
    let place = Place::new("");
    for arguments in [&["fly"][..], &["run", "--sideways"], &["run", "--json"]] {
        assert_eq!(place.run(arguments).code, Some(2), "{arguments:?}");
    }
}
