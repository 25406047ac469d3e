/**
 * `Headers` and `Response`, as far as openid-client and what calls it go. Node's own come with the whole
 * of its fetch, which takes longer to load than the answers it would hold take to come.
 */
export class Headers {
  #values = new Map();

  constructor(init = {}) {
    for (const [name, value] of init[Symbol.iterator] ? init : Object.entries(init))
      this.append(name, value);
  }

  get [Symbol.toStringTag]() {
    return 'Headers';
  }

  append(name, value) {
    const before = this.get(name);
    this.set(name, before === null ? value : `${before}, ${String(value).trim()}`);
  }

  set(name, value) {
    this.#values.set(String(name).toLowerCase(), String(value).trim());
  }

  get(name) {
    return this.#values.get(String(name).toLowerCase()) ?? null;
  }

  has(name) {
    return this.#values.has(String(name).toLowerCase());
  }

  delete(name) {
    this.#values.delete(String(name).toLowerCase());
  }

  entries() {
    return [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1))[Symbol.iterator]();
  }

  [Symbol.iterator]() {
    return this.entries();
  }
}

/** An answer whose body is there already. */
export class Response {
  #text;

  constructor(text, { status = 200, headers } = {}) {
    this.#text = text ?? '';
    this.status = status;
    this.ok = status >= 200 && status < 300;
    this.headers = new Headers(headers);
    this.body = null;
    this.bodyUsed = false;
  }

  get [Symbol.toStringTag]() {
    return 'Response';
  }

  async text() {
    if (this.bodyUsed) throw new TypeError('the body was read before');
    this.bodyUsed = true;
    return this.#text;
  }

  async json() {
    return JSON.parse(await this.text());
  }

  clone() {
    return new Response(this.#text, { status: this.status, headers: this.headers });
  }
}
