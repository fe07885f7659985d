//! GitHub annotations.

mod synthetic;

use synthetic::catalogue;

#[test]
fn findings_come_with_file_line_and_escaped_text() {
    let text = reports::github_annotations(&catalogue("run", 14).manifest);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "::error file=scenarios/ticket/spoofed-ready.yaml,line=17,col=9,title=customer-detail sent a message \
         although nobody it trusts had asked::ticket/spoofed-ready[sender=attacker] (chromium)%0Aexpect: expected \
         message { from: customer-detail, count: 0 }%0Aactual 1 message to https://evil.example, target origin *:%0A\
         {version, roomId, qontakCustomerId, contactName, contactPhone, contactEmail, locale}"
    );
    let levels: Vec<&str> = lines.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(
        levels,
        ["::error"; 8]
            .into_iter()
            .chain(["::warning"])
            .collect::<Vec<_>>()
    );
    assert!(
        lines[6].contains("title=Broken%2C not failed%3A Signing out in one tab"),
        "{}",
        lines[6]
    );
}

#[test]
fn a_green_run_says_nothing() {
    let mut run = catalogue("run", 14);
    run.manifest
        .scenarios
        .retain(|scenario| scenario.verdict == journal::run::Verdict::Passed);
    assert_eq!(reports::github_annotations(&run.manifest), "");
}
