//! What a fault delays goes on by the world's clock.
#![cfg(unix)]

mod support;

use support::browsers::Engine;
use support::catalogue;
use support::program::House;
use support::runs;

/// A page that asks for something and gives the answer so much time. The question is asked on a click.
macro_rules! asking {
    ($patience:literal, $delay:literal, $steps:literal) => {
        concat!(
            "title: An answer that is late\ncovers: [DEMO-01]\nworld: customer-detail\nstubs:\n",
            "  - origin: \"https://partner.example\"\n    routes:\n",
            "      - { path: /answer, headers: { content-type: text/plain }, body: answered }\n",
            "      - path: /\n        headers: { content-type: text/html }\n        body: |\n",
            "          <!doctype html><html lang=en><title>Partner</title><main><h1>Partner</h1>\n",
            "          <button>Ask</button><p>nothing yet</p></main><script>\n",
            "          const say = (text) => { document.querySelector('p').textContent = text };\n",
            "          document.querySelector('button').onclick = () => {\n",
            "            const controller = new AbortController();\n",
            "            const limit = setTimeout(() => controller.abort(), ",
            $patience,
            ");\n            fetch('/answer', { signal: controller.signal }).then((answer) => answer.text())\n",
            "              .then((text) => { clearTimeout(limit); say(text) }, () => say('given up'));\n",
            "          };</script>\nfaults:\n",
            "  - { origin: \"https://partner.example\", path: /answer, delay: ",
            $delay,
            " }\nsteps:\n  - open: \"https://partner.example/\"\n  - click: { role: button, name: Ask }\n",
            $steps
        )
    };
}

const SCENARIOS: [(&str, &str); 3] = [
    (
        "demo/comes-with-the-jump",
        asking!(
            "600000",
            "60s",
            "  - advance: 60s\n  - expect:\n      - page: { element: { text: answered } }\n"
        ),
    ),
    // The limit and the delay lie within one jump, and the answer comes first.
    (
        "demo/comes-within-the-limit",
        asking!(
            "45000",
            "30s",
            "  - advance: 10m\n  - expect:\n      - page: { element: { text: answered } }\n"
        ),
    ),
    // What is still delayed is in time for the limit no more.
    (
        "demo/comes-after-the-limit",
        asking!(
            "45000",
            "60s",
            "  - advance: 10m\n  - expect:\n      - page: { element: { text: given up } }\n      \
             - page: { element: { text: answered }, count: 0 }\n"
        ),
    ),
];

#[test]
fn a_jump_of_the_clock_ends_a_delay_at_its_moment() {
    Engine::Chromium.must_be_installed();
    let house = House::new();
    catalogue::lay_out(&house.work(), &SCENARIOS);
    let output = house.output().display().to_string();
    let said = house.run([
        "run",
        "--scenarios",
        "scenarios",
        "--screenshots",
        "off",
        "--output",
        &output,
    ]);
    let manifest = runs::manifest(&house.output());
    assert_eq!(said.code, Some(0), "{}\n{}", runs::red(&manifest), said.all());
    assert_eq!(manifest.summary.passed, SCENARIOS.len());
}
