"""Translated from templates/videoanalytics.yaml.j2 by `python -m sednactl.manifests.ready`; not to be edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
JINJA = "3.1.6"
SOURCE = '{# Finds and follows objects in a video; runs once. #}\n{% from "parts/metadata.yaml.j2" import metadata_of %}\n{% from "parts/worker.yaml.j2" import pod %}\napiVersion: sedna.io/v1alpha1\nkind: VideoAnalyticsJob\n{{ metadata_of(metadata) }}\nspec:\n  model:\n    name: {{ model | yaml }}\n{% if kafka is not none %}\n  kafkaSupport: {{ kafka | yaml }}\n{% endif %}\n  {# A pod that Kubernetes restarts always would never be done. #}\n  {{ pod(worker, "OnFailure") | indent(2) }}\n'
from sednactl.manifests.ready.running import TemplateRuntimeError, Undefined, internalcode, missing
name = 'videoanalytics.yaml.j2'

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
    l_0_metadata_of = l_0_pod = missing
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
    included_template = environment.get_template('parts/metadata.yaml.j2', 'videoanalytics.yaml.j2')._get_default_module(context)
    l_0_metadata_of = getattr(included_template, 'metadata_of', missing)
    if l_0_metadata_of is missing:
        l_0_metadata_of = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'videoanalytics.yaml.j2') does not export the requested name 'metadata_of'", name='metadata_of')
    context.vars['metadata_of'] = l_0_metadata_of
    context.exported_vars.discard('metadata_of')
    included_template = environment.get_template('parts/worker.yaml.j2', 'videoanalytics.yaml.j2')._get_default_module(context)
    l_0_pod = getattr(included_template, 'pod', missing)
    if l_0_pod is missing:
        l_0_pod = undefined(f"the template {included_template.__name__!r} (imported on line 3 in 'videoanalytics.yaml.j2') does not export the requested name 'pod'", name='pod')
    context.vars['pod'] = l_0_pod
    context.exported_vars.discard('pod')
    yield 'apiVersion: sedna.io/v1alpha1\nkind: VideoAnalyticsJob\n'
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
    yield str(t_1(environment.call(context, (undefined(name='pod') if l_0_pod is missing else l_0_pod), (undefined(name='worker') if l_0_worker is missing else l_0_worker), 'OnFailure'), 2))

blocks = {}
debug_info = '2=34&3=40&6=47&9=49&10=51&11=54&14=57'
