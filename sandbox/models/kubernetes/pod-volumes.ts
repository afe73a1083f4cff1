/** What containers of a pod can mount. */
import type { PropertyModel } from "../../model";
import {
  block,
  bool,
  configMapRef,
  dnsLabel,
  dnsSubdomain,
  int,
  list,
  map,
  oneOf,
  quantity,
  required,
  secretRef,
  str,
} from "./common";
import { INSIDE_VOLUME, dataKey } from "./pod-fields";

/** Permissions of a file: https://kubernetes.io/docs/concepts/configuration/secret/#secret-files-permissions */
const mode = (): PropertyModel => int({ min: 0, max: 0o777 });
const path = (): PropertyModel => str({ required: true, pattern: INSIDE_VOLUME, example: "file" });

const OWNER = "defaultUser and user are behind a feature gate";

const items: PropertyModel = list(
  block({ key: dataKey(required), mode: mode(), path: path() }, { omits: OWNER }),
);

const podFields: PropertyModel = list(
  block(
    {
      fieldRef: block(
        {
          apiVersion: oneOf(["v1"]),
          fieldPath: str({
            required: true,
            pattern:
              "metadata\\.(name|namespace|uid|annotations|labels|(annotations|labels)\\['[^']+'\\])",
            example: "metadata.labels",
          }),
        },
        { exactlyOneOf: ["resourceFieldRef"] },
      ),
      mode: mode(),
      path: path(),
      resourceFieldRef: block({
        containerName: dnsLabel(),
        divisor: quantity(),
        resource: str(required),
      }),
    },
    { omits: OWNER },
  ),
);

const SOURCES = ["configMap", "downwardAPI", "secret", "serviceAccountToken"];

/** https://kubernetes.io/docs/concepts/storage/projected-volumes/ */
const projected: PropertyModel = block(
  {
    defaultMode: mode(),
    sources: list(
      block(
        {
          configMap: block(
            { items, name: configMapRef({ unless: "optional" }), optional: bool() },
            { exactlyOneOf: SOURCES },
          ),
          downwardAPI: block({ items: podFields }),
          secret: block({ items, name: secretRef({ unless: "optional" }), optional: bool() }),
          serviceAccountToken: block(
            {
              audience: str(),
              // At least ten minutes, and no more than 2^32 seconds.
              expirationSeconds: int({ min: 600, max: 4294967296 }),
              path: path(),
            },
            { omits: OWNER },
          ),
        },
        { omits: "trust bundles and certificates of pods are behind feature gates" },
      ),
      { required: true, minItems: 1 },
    ),
  },
  { omits: OWNER },
);

const KINDS = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "hostPath",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** The volumes of a pod: one source each. */
export const volumes = (): PropertyModel =>
  list(
    block(
      {
        configMap: block(
          {
            defaultMode: mode(),
            items,
            name: configMapRef({ unless: "optional" }),
            optional: bool(),
          },
          { exactlyOneOf: KINDS, omits: OWNER },
        ),
        csi: block({
          driver: dnsSubdomain(required),
          fsType: str(),
          nodePublishSecretRef: block({ name: secretRef() }),
          readOnly: bool(),
          volumeAttributes: map(),
        }),
        downwardAPI: block({ defaultMode: mode(), items: podFields }, { omits: OWNER }),
        emptyDir: block(
          { medium: oneOf(["", "Memory"]), sizeLimit: quantity() },
          { omits: "mode is behind a feature gate" },
        ),
        hostPath: block({
          path: str({ required: true, pattern: "(?!.*(^|/)\\.\\.(/|$)).+", example: "/tmp" }),
          type: oneOf([
            "",
            "BlockDevice",
            "CharDevice",
            "Directory",
            "DirectoryOrCreate",
            "File",
            "FileOrCreate",
            "Socket",
          ]),
        }),
        name: dnsLabel(required),
        persistentVolumeClaim: block({ claimName: dnsSubdomain(required), readOnly: bool() }),
        projected,
        secret: block(
          {
            defaultMode: mode(),
            items,
            optional: bool(),
            secretName: secretRef({ unless: "optional" }),
          },
          { omits: OWNER },
        ),
      },
      {
        omits:
          "volumes of other clouds and of storage systems that no environment has; generic ephemeral and image volumes",
      },
    ),
  );
