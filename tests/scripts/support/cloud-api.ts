import { readFileSync, writeFileSync } from "node:fs";
import type { MachineCloud } from "../../../components/gitlab-instance/package/contract";
import type { Machine } from "./machine";
import type { Answer, Call, World } from "./world";

/** A request as curl was told to make it. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: readonly string[];
  readonly body: string;
}

interface HttpAnswer {
  readonly status: number;
  readonly body?: string;
}

/** Reads a command line of curl as far as the machine's scripts use it. @throws on an option that it does not know. */
export function readCurl(
  call: Call,
): HttpRequest & { readonly out?: string; readonly print?: string; readonly fail: boolean } {
  let method = "GET";
  let url: URL | undefined;
  let out: string | undefined;
  let print: string | undefined;
  let body = "";
  let fail = false;
  const headers: string[] = [];
  const args = [...call.args];
  for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
    if (arg === "-X") method = args.shift() ?? "";
    else if (arg === "-o") out = args.shift();
    else if (arg === "-w") print = args.shift();
    else if (arg === "-H") {
      const header = args.shift() ?? "";
      headers.push(
        ...(header.startsWith("@")
          ? readFileSync(header.slice(1), "utf8").trim().split("\n")
          : [header]),
      );
    } else if (arg === "--data-binary") body = readFileSync((args.shift() ?? "").slice(1), "utf8");
    else if (["-m", "--connect-timeout", "--noproxy", "--proto", "--resolve"].includes(arg))
      args.shift();
    else if (/^-[a-zA-Z]+$/.test(arg)) fail ||= arg.includes("f");
    else if (/^https?:/.test(arg)) url = new URL(arg);
    else throw new Error(`curl: no stand-in for ${arg}`);
  }
  if (url === undefined) throw new Error("curl without an address");
  return {
    method,
    url,
    headers,
    body,
    fail,
    ...(out === undefined ? {} : { out }),
    ...(print === undefined ? {} : { print }),
  };
}

const token = "ey.machine-identity-token-0123456789";

/** The REST side of a machine's cloud: metadata, secret store and metrics, as strict about a request as the cloud is. */
export class CloudApi {
  /** Name → value; undefined: the secret is there and has no value. */
  readonly secrets = new Map<string, string | undefined>();
  readonly writes: { readonly name: string; readonly value: string }[] = [];
  /** What the machine's metadata carries: base64 of the bundle. */
  bundle = "";
  /** The token that the metadata service hands out; may stand in no command line. */
  readonly token = token;

  constructor(
    readonly world: World,
    readonly cloud: MachineCloud,
  ) {}

  /** Answers what is addressed to the cloud; undefined for every other address. */
  answer(machine: Machine, request: HttpRequest): HttpAnswer | undefined {
    return this.cloud.kind === "azure"
      ? this.#azure(machine, request, this.cloud)
      : this.#gcp(machine, request, this.cloud);
  }

  #azure(
    machine: Machine,
    request: HttpRequest,
    cloud: Extract<MachineCloud, { kind: "azure" }>,
  ): HttpAnswer | undefined {
    const { url, method, headers, body } = request;
    if (url.host === "169.254.169.254") {
      if (!headers.includes("Metadata: true")) return { status: 400 };
      if (url.pathname === "/metadata/instance/compute/userData")
        return this.bundle === "" ? { status: 404 } : { status: 200, body: this.bundle };
      if (url.pathname !== "/metadata/identity/oauth2/token") return { status: 404 };
      if (url.searchParams.get("client_id") !== cloud.identityClientId) return { status: 400 };
      const resource = url.searchParams.get("resource") ?? "";
      return {
        status: 200,
        body: JSON.stringify({ access_token: `${token}.${resource}`, resource }),
      };
    }
    const bearer = (audience: string): boolean =>
      headers.includes(`Authorization: Bearer ${token}.${audience}`);
    if (url.href.startsWith(`${cloud.vaultUrl}/secrets/`)) {
      if (!bearer("https://vault.azure.net")) return { status: 401 };
      const name = url.pathname.split("/")[2] ?? "";
      if (!this.secrets.has(name))
        return { status: 404, body: '{"error":{"code":"SecretNotFound"}}' };
      if (method === "PUT") {
        const { value } = JSON.parse(body) as { value: string };
        this.secrets.set(name, value);
        this.writes.push({ name, value });
        return { status: 200, body: "{}" };
      }
      const value = this.secrets.get(name);
      if (value === undefined) return { status: 404 };
      // Spaced and escaped otherwise than JSON.stringify does it: a slash may be escaped, too.
      return {
        status: 200,
        body: `{"value": ${JSON.stringify(value).replaceAll("/", "\\/")},\n"id":"${url.pathname}","attributes":{}}`,
      };
    }
    if (url.host === `${cloud.location}.monitoring.azure.com`) {
      if (!bearer("https://monitoring.azure.com/")) return { status: 401 };
      if (url.pathname !== `${cloud.metricsResourceId}/metrics`) return { status: 404 };
      const { data } = JSON.parse(body) as {
        data: {
          baseData: {
            metric: string;
            namespace: string;
            dimNames: string[];
            series: { dimValues: string[]; sum: number }[];
          };
        };
      };
      const { metric, namespace, dimNames, series } = data.baseData;
      if (namespace !== "GitLab") return { status: 400 };
      this.#metric(
        machine,
        metric,
        series[0]?.sum ?? NaN,
        dimNames.map((name, index) => `${name}=${series[0]?.dimValues[index] ?? ""}`),
      );
      return { status: 200, body: "{}" };
    }
    return undefined;
  }

  #gcp(
    machine: Machine,
    request: HttpRequest,
    cloud: Extract<MachineCloud, { kind: "gcp" }>,
  ): HttpAnswer | undefined {
    const { url, method, headers, body } = request;
    if (url.host === "metadata.google.internal") {
      if (!headers.includes("Metadata-Flavor: Google")) return { status: 403 };
      switch (url.pathname.replace("/computeMetadata/v1/instance/", "")) {
        case "service-accounts/default/token":
          return { status: 200, body: JSON.stringify({ access_token: token, expires_in: 3599 }) };
        case "attributes/gitlab-node-files":
          return this.bundle === "" ? { status: 404 } : { status: 200, body: this.bundle };
        case "id":
          return { status: 200, body: "1234567890123456789" };
      }
      return { status: 404 };
    }
    const authorized = headers.includes(`Authorization: Bearer ${token}`);
    const secret = new RegExp(
      `^/v1/projects/${cloud.project}/secrets/([A-Za-z0-9_-]+)(:addVersion|/versions/latest:access)$`,
    ).exec(url.pathname);
    if (url.host === "secretmanager.googleapis.com" && secret !== null) {
      if (!authorized) return { status: 401 };
      const name = secret[1] ?? "";
      if (!this.secrets.has(name)) return { status: 404 };
      if (secret[2] === ":addVersion") {
        if (method !== "POST") return { status: 405 };
        const { payload } = JSON.parse(body) as { payload: { data: string } };
        const value = Buffer.from(payload.data, "base64").toString("utf8");
        this.secrets.set(name, value);
        this.writes.push({ name, value });
        return { status: 200, body: "{}" };
      }
      const value = this.secrets.get(name);
      if (value === undefined) return { status: 404 };
      return {
        status: 200,
        body: JSON.stringify(
          { name, payload: { data: Buffer.from(value).toString("base64") } },
          null,
          2,
        ),
      };
    }
    if (url.href === `https://monitoring.googleapis.com/v3/projects/${cloud.project}/timeSeries`) {
      if (!authorized) return { status: 401 };
      const { timeSeries } = JSON.parse(body) as {
        timeSeries: {
          metric: { type: string; labels: Record<string, string> };
          resource: { type: string; labels: Record<string, string> };
          points: { value: { doubleValue: number } }[];
        }[];
      };
      for (const { metric, resource, points } of timeSeries) {
        if (
          !metric.type.startsWith("custom.googleapis.com/gitlab/") ||
          resource.labels["zone"] !== cloud.zone
        )
          return { status: 400 };
        this.#metric(
          machine,
          metric.type.slice("custom.googleapis.com/gitlab/".length),
          points[0]?.value.doubleValue ?? NaN,
          Object.entries(metric.labels).map(([name, value]) => `${name}=${value}`),
        );
      }
      return { status: 200, body: "{}" };
    }
    return undefined;
  }

  #metric(machine: Machine, name: string, value: number, dimensions: readonly string[]): void {
    this.world.metrics.push({
      at: this.world.clock.now,
      machine: machine.name,
      name,
      value: String(value),
      dimensions,
    });
  }

  /** Value of the last metric of that name; of a disk, where one is named. */
  metric(name: string, disk?: string): string | undefined {
    return this.world.metrics.findLast(
      (one) => one.name === name && (disk === undefined || one.dimensions.includes(`disk=${disk}`)),
    )?.value;
  }
}

/** curl of a machine: `routes` first, the cloud behind them, no host for everything else. */
export function curlOf(
  api: CloudApi,
  routes: (request: HttpRequest, machine: Machine) => HttpAnswer | undefined,
): (call: Call, machine: Machine) => Answer {
  return (call, machine) => {
    const request = readCurl(call);
    const answer = machine.network
      ? (routes(request, machine) ?? api.answer(machine, request))
      : undefined;
    if (answer === undefined)
      return { code: 6, err: `curl: (6) Could not resolve host: ${request.url.host}\n` };
    if (request.fail && answer.status >= 400)
      return { code: 22, err: `curl: (22) ${answer.status}\n` };
    if (request.out !== undefined && request.out !== "/dev/null")
      writeFileSync(request.out, answer.body ?? "");
    const out = request.out === undefined ? (answer.body ?? "") : "";
    return { code: 0, out: out + (request.print === "%{http_code}" ? String(answer.status) : "") };
  };
}
