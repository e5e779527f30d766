// AWS's own validator of templates, several with one engine.
// usage: node cloudformation.mjs NODE_MODULES TEMPLATE...   one JSON line for each finding above information
import { createRequire } from 'node:module';
import { basename } from 'node:path';

const [modules, ...templates] = process.argv.slice(2);
const validate = createRequire(modules + '/here.js')('@aws/cloudformation-validate');
const engine = new (validate.CompositeEngine ?? validate.RegoEngine)();
for (const template of templates) {
  const file = new validate.TemplateFile(template);
  const { diagnostics } = engine.validateTemplate?.(file) ?? engine.validateStandard(file);
  for (const found of diagnostics) {
    if (/info/i.test(found.severity)) continue;
    const resource = found.entity?.logicalId ?? found.logicalId ?? '';
    const name = basename(template).split('.')[0];
    console.log(JSON.stringify({ name, judge: 'cloudformation-validate', rule: found.ruleId, resource, message: found.message }));
  }
}
