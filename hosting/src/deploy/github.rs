//! GitHub Pages: no header of ours is sent, so each page carries what it can of the policy, and the rest is lost.

use super::{Deployment, Host, Written};

pub const HOST: Host = Host {
    name: "github",
    sends_headers: false,
    policy_at: super::IN_EACH_PAGE,
    adds_base: true,
    // Without it GitHub runs Jekyll over the files.
    files: |_| {
        vec![Written {
            path: "site/.nojekyll".into(),
            text: String::new(),
        }]
    },
    next,
};

fn next(deployment: &Deployment) -> String {
    let owner = match deployment.base.as_str() {
        "/" => {
            "At / it needs a domain of its own or a repository OWNER.github.io; else --base is /REPOSITORY/.\n"
        }
        _ => "",
    };
    format!(
        "{owner}publish site/ as the root of the branch that Pages serves.\n{}\nGitHub also keeps every file for ten minutes, \
         config.json included.\nAll Pages of one owner share an origin, and so what the tab stores, unless they have domains.",
        super::bucket::LOST
    )
}
