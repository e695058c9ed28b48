// action.yml, the workflow that users copy, and the GitLab template by their public schemas: node schemas.mjs NPM-FOLDER
//
// GitHub's are those of SchemaStore, in @action-validator/core; GitLab's own, app/assets/javascripts/editor/schema/ci.json, is
// in gitlab-ci-local. That has no header of a component (spec): gitlab_test.py looks at that.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [npm] = process.argv.slice(2);
const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
const from = (name) => path.join(npm, 'node_modules', name);
const require = createRequire(path.join(path.resolve(npm), 'node_modules', 'x.js'));
const yaml = require('js-yaml');
const Ajv = require('ajv').default;
let bad = 0;

function tell(name, problems) {
  console.log(`${name}: ${problems.length === 0 ? 'good' : 'BAD'}`);
  for (const problem of problems) console.log(`  ${problem}`);
  bad += problems.length;
}

const text = (file) => readFileSync(path.join(root, file), 'utf8');
const github = require('@action-validator/core');
const problemsOf = (result) => result.errors.map((error) => JSON.stringify(error));
// That it can fail, first.
if (problemsOf(github.validateAction('name: x\nruns: {using: composite, steps: [{run: a}]}\n')).length === 0) tell('the schema of actions', ['takes a step without a shell']);
tell('action.yml', problemsOf(github.validateAction(text('action.yml'))));
tell('examples/github-actions/conformance.yml', problemsOf(github.validateWorkflow(text('examples/github-actions/conformance.yml'))));
for (const [index, [, block]] of [...text('docs/ci.md').matchAll(/```yaml\n(# \.github\/workflows[^]*?)```/g)].entries()) {
  tell(`docs/ci.md, workflow ${index + 1}`, problemsOf(github.validateWorkflow(block)));
}

const { schema } = await import(pathToFileURL(from('gitlab-ci-local/src/schema/schema.js')));
const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
const validate = ajv.compile(schema);
const gitlab = (document) => (validate(document) ? [] : validate.errors.map((error) => `${error.instancePath || '/'} ${error.message}`));
if (gitlab({ job: { script: 'a', artifacts: { when: 'sometimes' } } }).length === 0) tell('the schema of pipelines', ['takes any word as `when`']);
const [header, body] = text('templates/conformance.yml').split('\n---\n');
const { inputs } = yaml.load(header).spec;
const filled = body.replace(/\$\[\[ inputs\.([a-z0-9_]+) \]\]/g, (_, name) => String(inputs[name].default ?? 'https://example.com/v1.2.3'));
tell('templates/conformance.yml', gitlab(yaml.load(filled)));
for (const [index, [, block]] of [...text('docs/ci.md').matchAll(/```yaml\n(# \.gitlab-ci\.yml[^]*?)```/g)].entries()) {
  tell(`docs/ci.md, pipeline ${index + 1}`, gitlab(yaml.load(block)));
}
process.exit(bad === 0 ? 0 : 1);
