// Ask the server. What goes wrong is one of three: `said` is what it answered, in words; `gone` is
// a server that does not answer; `locked` one that was started anew and wants its new address.
export const about = JSON.parse(document.querySelector("meta[name=about]").content);

export class Refused extends Error {
  constructor(status, data) {
    super(data.error || "");
    this.status = status;
    this.data = data;
  }
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
  } catch {
    throw new Refused(0, { error: "the server does not answer; is `grader written` running?" });
  }
  if (answer.status === 403) {
    const where = "open the address that the terminal shows now; what is unsaved is kept here";
    throw new Refused(403, { error: `grader written was started anew: ${where}` });
  }
  let data = {};
  try {
    data = await answer.json();
  } catch {
    data = { error: `the server answers with ${answer.status}` };
  }
  if (!answer.ok) throw new Refused(answer.status, data);
  return data;
}

export function get(path, query = {}) {
  const asked = new URLSearchParams(query).toString();
  return ask(asked ? `${path}?${asked}` : path, {});
}

export function post(path, data) {
  const headers = { "Content-Type": "application/json", "X-Form-Token": about.form };
  // Kept alive: what is on its way when the page closes still arrives.
  return ask(path, { method: "POST", headers, body: JSON.stringify(data), keepalive: true });
}
