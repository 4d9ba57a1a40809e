"""Translated from templates/jointinference.yaml.j2 by `python -m sednactl.manifests.ready`; not to be edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
JINJA = "3.1.6"
SOURCE = '{# Inference on the edge with a little model; hard examples go to the big model in the cloud. #}\n{% from "parts/metadata.yaml.j2" import metadata_of %}\n{% from "parts/hpa.yaml.j2" import hpa %}\n{% from "parts/mining.yaml.j2" import mining %}\n{% from "parts/worker.yaml.j2" import pod %}\napiVersion: sedna.io/v1alpha1\nkind: JointInferenceService\n{{ metadata_of(metadata) }}\nspec:\n  edgeWorker:\n    model:\n      name: {{ edge.model | yaml }}\n    {{ hpa(edge) | indent(4) }}\n    {{ mining(edge.hem) | indent(4) }}\n    {{ pod(edge) | indent(4) }}\n  cloudWorker:\n    model:\n      name: {{ cloud.model | yaml }}\n    {{ hpa(cloud) | indent(4) }}\n    {{ pod(cloud) | indent(4) }}\n'
from sednactl.manifests.ready.running import TemplateRuntimeError, Undefined, internalcode, missing
name = 'jointinference.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_metadata = resolve('metadata')
    l_0_edge = resolve('edge')
    l_0_cloud = resolve('cloud')
    l_0_metadata_of = l_0_hpa = l_0_mining = l_0_pod = missing
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
    pass
    included_template = environment.get_template('parts/metadata.yaml.j2', 'jointinference.yaml.j2')._get_default_module(context)
    l_0_metadata_of = getattr(included_template, 'metadata_of', missing)
    if l_0_metadata_of is missing:
        l_0_metadata_of = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'jointinference.yaml.j2') does not export the requested name 'metadata_of'", name='metadata_of')
    context.vars['metadata_of'] = l_0_metadata_of
    context.exported_vars.discard('metadata_of')
    included_template = environment.get_template('parts/hpa.yaml.j2', 'jointinference.yaml.j2')._get_default_module(context)
    l_0_hpa = getattr(included_template, 'hpa', missing)
    if l_0_hpa is missing:
        l_0_hpa = undefined(f"the template {included_template.__name__!r} (imported on line 3 in 'jointinference.yaml.j2') does not export the requested name 'hpa'", name='hpa')
    context.vars['hpa'] = l_0_hpa
    context.exported_vars.discard('hpa')
    included_template = environment.get_template('parts/mining.yaml.j2', 'jointinference.yaml.j2')._get_default_module(context)
    l_0_mining = getattr(included_template, 'mining', missing)
    if l_0_mining is missing:
        l_0_mining = undefined(f"the template {included_template.__name__!r} (imported on line 4 in 'jointinference.yaml.j2') does not export the requested name 'mining'", name='mining')
    context.vars['mining'] = l_0_mining
    context.exported_vars.discard('mining')
    included_template = environment.get_template('parts/worker.yaml.j2', 'jointinference.yaml.j2')._get_default_module(context)
    l_0_pod = getattr(included_template, 'pod', missing)
    if l_0_pod is missing:
        l_0_pod = undefined(f"the template {included_template.__name__!r} (imported on line 5 in 'jointinference.yaml.j2') does not export the requested name 'pod'", name='pod')
    context.vars['pod'] = l_0_pod
    context.exported_vars.discard('pod')
    yield 'apiVersion: sedna.io/v1alpha1\nkind: JointInferenceService\n'
    yield str(environment.call(context, (undefined(name='metadata_of') if l_0_metadata_of is missing else l_0_metadata_of), (undefined(name='metadata') if l_0_metadata is missing else l_0_metadata)))
    yield '\nspec:\n  edgeWorker:\n    model:\n      name: '
    yield str(t_2(environment.getattr((undefined(name='edge') if l_0_edge is missing else l_0_edge), 'model')))
    yield '\n    '
    yield str(t_1(environment.call(context, (undefined(name='hpa') if l_0_hpa is missing else l_0_hpa), (undefined(name='edge') if l_0_edge is missing else l_0_edge)), 4))
    yield '\n    '
    yield str(t_1(environment.call(context, (undefined(name='mining') if l_0_mining is missing else l_0_mining), environment.getattr((undefined(name='edge') if l_0_edge is missing else l_0_edge), 'hem')), 4))
    yield '\n    '
    yield str(t_1(environment.call(context, (undefined(name='pod') if l_0_pod is missing else l_0_pod), (undefined(name='edge') if l_0_edge is missing else l_0_edge)), 4))
    yield '\n  cloudWorker:\n    model:\n      name: '
    yield str(t_2(environment.getattr((undefined(name='cloud') if l_0_cloud is missing else l_0_cloud), 'model')))
    yield '\n    '
    yield str(t_1(environment.call(context, (undefined(name='hpa') if l_0_hpa is missing else l_0_hpa), (undefined(name='cloud') if l_0_cloud is missing else l_0_cloud)), 4))
    yield '\n    '
    yield str(t_1(environment.call(context, (undefined(name='pod') if l_0_pod is missing else l_0_pod), (undefined(name='cloud') if l_0_cloud is missing else l_0_cloud)), 4))

blocks = {}
debug_info = '2=27&3=33&4=39&5=45&8=52&12=54&13=56&14=58&15=60&18=62&19=64&20=66'
