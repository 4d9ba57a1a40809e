"""Translated from templates/featureextraction.yaml.j2 by `python -m sednactl.manifests.ready`; not to be edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
JINJA = "3.1.6"
SOURCE = '{# Turns pictures into features, as one step of a multi-edge inference. #}\n{% from "parts/metadata.yaml.j2" import metadata_of %}\n{% from "parts/deployment.yaml.j2" import deployment %}\napiVersion: sedna.io/v1alpha1\nkind: FeatureExtractionService\n{{ metadata_of(metadata) }}\nspec:\n  model:\n    name: {{ model | yaml }}\n{% if kafka is not none %}\n  kafkaSupport: {{ kafka | yaml }}\n{% endif %}\n  {{ deployment(worker, replicas) | indent(2) }}\n'
from sednactl.manifests.ready.running import TemplateRuntimeError, Undefined, internalcode, missing
name = 'featureextraction.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_metadata = resolve('metadata')
    l_0_model = resolve('model')
    l_0_kafka = resolve('kafka')
    l_0_worker = resolve('worker')
    l_0_replicas = resolve('replicas')
    l_0_metadata_of = l_0_deployment = missing
    try:
        t_1 = environment.filters['indent']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'indent' found.")
    try:
        t_2 = environment.filters['yaml']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'yaml' found.")
    try:
        t_3 = environment.tests['none']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No test named 'none' found.")
    pass
    included_template = environment.get_template('parts/metadata.yaml.j2', 'featureextraction.yaml.j2')._get_default_module(context)
    l_0_metadata_of = getattr(included_template, 'metadata_of', missing)
    if l_0_metadata_of is missing:
        l_0_metadata_of = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'featureextraction.yaml.j2') does not export the requested name 'metadata_of'", name='metadata_of')
    context.vars['metadata_of'] = l_0_metadata_of
    context.exported_vars.discard('metadata_of')
    included_template = environment.get_template('parts/deployment.yaml.j2', 'featureextraction.yaml.j2')._get_default_module(context)
    l_0_deployment = getattr(included_template, 'deployment', missing)
    if l_0_deployment is missing:
        l_0_deployment = undefined(f"the template {included_template.__name__!r} (imported on line 3 in 'featureextraction.yaml.j2') does not export the requested name 'deployment'", name='deployment')
    context.vars['deployment'] = l_0_deployment
    context.exported_vars.discard('deployment')
    yield 'apiVersion: sedna.io/v1alpha1\nkind: FeatureExtractionService\n'
    yield str(environment.call(context, (undefined(name='metadata_of') if l_0_metadata_of is missing else l_0_metadata_of), (undefined(name='metadata') if l_0_metadata is missing else l_0_metadata)))
    yield '\nspec:\n  model:\n    name: '
    yield str(t_2((undefined(name='model') if l_0_model is missing else l_0_model)))
    yield '\n'
    if (not t_3((undefined(name='kafka') if l_0_kafka is missing else l_0_kafka))):
        pass
        yield '  kafkaSupport: '
        yield str(t_2((undefined(name='kafka') if l_0_kafka is missing else l_0_kafka)))
        yield '\n'
    yield '  '
    yield str(t_1(environment.call(context, (undefined(name='deployment') if l_0_deployment is missing else l_0_deployment), (undefined(name='worker') if l_0_worker is missing else l_0_worker), (undefined(name='replicas') if l_0_replicas is missing else l_0_replicas)), 2))

blocks = {}
debug_info = '2=35&3=41&6=48&9=50&10=52&11=55&13=58'
