// Token and enquiry live in this page alone: nothing is stored, so that nothing is left when it is closed.
const part = (id) => document.getElementById(id);
const nowhere = { length: 0, getItem: () => null, setItem: () => {}, removeItem: () => {}, clear: () => {} };
let token = null;

const tomorrow = new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString();
const FIRST = `# Every question is asked for an enquiry. Open one; the page asks for it from then on.
mutation {
  openEnquiry(
    enquiry: { purpose: TRAINING, caseRef: "TRN/RJ/2026/0001", legalBasis: "Training", expiresAt: "${tomorrow}" }
  ) {
    enquiry {
      id
    }
    problems {
      path
      message
    }
  }
}
`;

async function post(path, body, headers = {}) {
  const answer = await fetch(path, {
    method: "POST",
    credentials: "omit",
    headers: { "content-type": "application/json", accept: "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return [answer.ok, await answer.json()];
}

async function ask(asked) {
  const headers = { authorization: `Bearer ${token}` };
  const enquiry = part("enquiry").value.trim();
  if (enquiry) headers["sangam-enquiry"] = enquiry;
  const [, answer] = await post("graphql", asked, headers);
  const opened = answer.data?.openEnquiry?.enquiry?.id;
  if (opened) part("enquiry").value = opened;
  return answer;
}

part("entry").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [officer, password, code] = ["officer", "password", "code"].map((id) => part(id).value);
  try {
    const [good, answer] = await post("sign-in", { officer, password, code });
    part("said").value = good ? "" : "Not signed in: check officer, password and code.";
    if (good) {
      const first = token === null;
      token = answer.access_token;
      if (first) begin();
    }
  } catch (problem) {
    part("said").value = String(problem);
  } finally {
    part("password").value = part("code").value = "";
  }
});

function begin() {
  const page = { fetcher: ask, storage: nowhere, defaultQuery: FIRST, isHeadersEditorEnabled: false };
  ReactDOM.createRoot(part("graphiql")).render(React.createElement(GraphiQL, page));
}
