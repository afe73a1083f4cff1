/** NetworkPolicies: https://kubernetes.io/docs/concepts/services-networking/network-policies/ */
import type { PropertyModel, ResourceModel } from "../../model";
import { block, blocks, int, kube, list, oneOf, required, selector, str } from "./common";
import { port, protocol } from "./pod-fields";
import { implies, present } from "./pod-rules";

const API =
  "https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/";
const GUIDE = "https://kubernetes.io/docs/concepts/services-networking/network-policies/";

/** Who may be talked to: addresses, or pods by their labels and those of their namespaces. */
const peers: PropertyModel = blocks({
  ipBlock: block(
    {
      cidr: str({ required: true, format: "cidr" }),
      except: list(str({ format: "cidr" })),
    },
    { conflicts: ["namespaceSelector", "podSelector"] },
  ),
  namespaceSelector: selector({ atLeastOneOf: ["ipBlock", "podSelector"] }),
  podSelector: selector(),
});
const ports: PropertyModel = blocks({
  endPort: int({ min: 1, max: 65535, requiredWith: ["port"] }),
  port: port(),
  protocol: protocol(),
});

const policy: ResourceModel = kube({
  group: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  generation: true,
  source: API,
  properties: {
    spec: block({
      egress: blocks({ ports, to: peers }),
      ingress: blocks({ from: peers, ports }),
      podSelector: selector(required),
      policyTypes: list(oneOf(["Egress", "Ingress"]), { maxItems: 2 }),
    }),
    // Gone from the API; the SDK still has it.
    status: { type: "object", computed: true },
  },
  rules: [
    ...["egress[].to", "ingress[].from"].map((place) => ({
      name: `what a block leaves out lies in it (${place})`,
      then: {
        property: `spec.${place}[].ipBlock`,
        every: {
          all: [
            { property: "except", allInside: ["cidr"] },
            { property: "except", noneAmong: ["cidr"] },
          ],
        },
      },
      message: `spec.${place}[].ipBlock.except: Invalid value: must be a strict subset of \`cidr\``,
      source: GUIDE,
    })),
    ...["egress", "ingress"].map((way) => ({
      name: `a range of ports goes up from a number (${way})`,
      then: {
        property: `spec.${way}[].ports`,
        every: implies(present("endPort"), {
          property: "endPort",
          atLeastProperty: "port",
        }),
      },
      message: `spec.${way}[].ports[].endPort: Invalid value: must be a port number that is greater than or equal to \`port\``,
      source: GUIDE,
    })),
    {
      name: "rules are of a kind that the policy has",
      when: present("spec.policyTypes"),
      then: {
        all: [
          implies(present("spec.egress"), { property: "spec.policyTypes[]", equals: "Egress" }),
          implies(present("spec.ingress"), { property: "spec.policyTypes[]", equals: "Ingress" }),
        ],
      },
      message:
        "spec.policyTypes: rules of a direction that is not among the policy's types have no effect",
      source: GUIDE,
    },
  ],
});

export const models: readonly ResourceModel[] = [policy];
