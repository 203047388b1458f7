// Talks to the API of the server as the person who is logged in.

/** What the server did not do; `status` is 0 when it could not be reached. */
export class ApiError extends Error {
  constructor(status, error = {}) {
    super(error.message ?? "");
    this.status = status;
    this.code = error.error_code ?? "";
    this.details = error.details ?? {};
  }
}

/** The answer to a request; null when it is empty. Raises `ApiError`. */
export async function send(method, address, body) {
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const answer = await fetch(address, {
    method,
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => { throw new ApiError(0); });
  const data = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw new ApiError(answer.status, data?.error);
  return data;
}
