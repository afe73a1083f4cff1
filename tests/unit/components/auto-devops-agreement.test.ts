import { app, exports as databaseExport, proxy, zones } from "../../support/version-app";
import { renderRelease } from "../../support/auto-deploy-chart";
import { chartValues } from "../../../components/version-app/auto-devops-values";
import { names, release, webLabels } from "../../../components/version-app/contract";
import { exportJob } from "../../../components/version-app/export-job";
import { autoscaling, migrationJob, webPod } from "../../../components/version-app/workload";

const args = {
  app,
  proxy,
  database: {
    connectionNames: { primary: "project:us-east1:primary", replicas: ["project:us-east1:other"] },
    databaseName: "version_production",
    username: "gitlab-version-app@project.iam",
  },
  zones,
  pullSecrets: [names.pullSecret],
};
const image = "registry.example.com/app/master:0123abcd";
const { deployment, autoscaler, custom } = renderRelease(
  chartValues({
    pod: webPod(args),
    autoscaling: autoscaling(app),
    exportJob: exportJob(databaseExport, "change", "fail"),
    migrationJob: migrationJob(args),
  }),
  { image, replicas: app.replicas.min },
);
/** As the API would be sent it: without what is undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("Auto DevOps' chart makes the pod that Pulumi's own workload has, but for image and environment name", () => {
  const { spec } = webPod(args);
  const [container] = spec.containers;
  const template = (deployment as { spec: { template: { metadata: object; spec: object } } }).spec
    .template;
  expect(template.metadata).toMatchObject({ labels: webLabels });
  expect(plain(template.spec)).toEqual(
    plain({
      ...spec,
      // Not the chart's to say: the account says the first, and pods of the chart have the second.
      automountServiceAccountToken: undefined,
      enableServiceLinks: undefined,
      containers: [
        {
          ...container,
          image,
          envFrom: [{ secretRef: { name: release.secret } }, { secretRef: { name: names.secret } }],
          env: [
            ...(container?.env ?? []),
            { name: "GITLAB_ENVIRONMENT_NAME", value: "production" },
            { name: "GITLAB_ENVIRONMENT_URL", value: "https://version.example.com" },
          ],
          ports: [{ name: release.portName, containerPort: release.port }],
        },
      ],
    }),
  );
});

test("its autoscaler is Pulumi's, but for the pace, which the chart can't say and Helm leaves as it is", () => {
  const { behavior: pace, ...rest } = autoscaling(app);
  expect(pace).toBeDefined();
  expect(autoscaler).toMatchObject({ metadata: { name: release.service }, spec: rest });
});

test("its hooks are Pulumi's own Jobs, the migration with the image that is deployed", () => {
  const specs = custom.map((job) => job["spec"]);
  const migration = migrationJob(args);
  const [container] = migration.template.spec.containers;
  expect(plain(specs)).toEqual(
    plain([
      exportJob(databaseExport, "change", "fail"),
      {
        ...migration,
        template: {
          ...migration.template,
          spec: { ...migration.template.spec, containers: [{ ...container, image }] },
        },
      },
    ]),
  );
});
