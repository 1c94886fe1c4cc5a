"""The page on which a training officer tries a question: one file, nothing from elsewhere."""

import base64
import hashlib

from api.wire import Reply

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}
label{display:block;margin-top:.75rem}input,textarea{box-sizing:border-box;width:100%;font:14px/1.4 monospace}
textarea{height:12rem}button{margin:1rem 0;padding:.5rem 1.5rem;font:inherit}
pre{background:#f4f4f4;padding:1rem;overflow:auto}
"""

_SCRIPT = """
const part = (id) => document.getElementById(id);
part("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  const headers = {"content-type": "application/json", "accept": "application/json"};
  if (part("token").value) headers["authorization"] = "Bearer " + part("token").value;
  if (part("enquiry").value) headers["sangam-enquiry"] = part("enquiry").value;
  try {
    const variables = part("variables").value.trim() ? JSON.parse(part("variables").value) : null;
    const body = JSON.stringify({query: part("query").value, variables});
    const answer = await fetch("", {method: "POST", headers, body, credentials: "omit"});
    part("answer").textContent = JSON.stringify(await answer.json(), null, 2);
  } catch (problem) {
    part("answer").textContent = String(problem);
  }
});
"""

_PAGE = f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sangam: ask a question (training)</title><style>{_STYLE}</style>
<h1>Ask a question</h1><p>A training node: nothing here is real.</p>
<form id="ask">
<label>Token <input id="token" type="password" autocomplete="off"></label>
<label>Enquiry <input id="enquiry" autocomplete="off"></label>
<label>Question <textarea id="query" spellcheck="false">{{ me {{ id }} }}</textarea></label>
<label>Variables (JSON) <input id="variables" spellcheck="false"></label>
<button>Ask</button>
</form>
<pre id="answer" aria-live="polite"></pre>
<script>{_SCRIPT}</script></html>
"""


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


PAGE = Reply(
    200,
    _PAGE.encode(),
    "text/html",
    {
        "content-security-policy": f"default-src 'none'; script-src {_source(_SCRIPT)}; style-src {_source(_STYLE)}; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
    },
)
