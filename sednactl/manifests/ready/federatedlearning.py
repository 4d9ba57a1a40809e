"""Translated from templates/federatedlearning.yaml.j2 by `python -m sednactl.manifests.ready`; not to be edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
JINJA = "3.1.6"
SOURCE = '{# One model learned where the data lies: training workers at the edge, one that joins them. #}\n{% from "parts/metadata.yaml.j2" import metadata_of %}\n{% from "parts/worker.yaml.j2" import pod %}\napiVersion: sedna.io/v1alpha1\nkind: FederatedLearningJob\n{{ metadata_of(metadata) }}\nspec:\n  aggregationWorker:\n    model:\n      name: {{ aggregation.model | yaml }}\n    {{ pod(aggregation) | indent(4) }}\n  trainingWorkers:\n{% for worker in train.workers %}\n  - dataset:\n      name: {{ worker.dataset | yaml }}\n    {{ pod(worker) | indent(4) }}\n{% endfor %}\n{% if pretrained %}\n  pretrainedModel:\n    name: {{ pretrained | yaml }}\n{% endif %}\n{% if transmitter %}\n  transmitter: {{ transmitter | yaml }}\n{% endif %}\n'
from sednactl.manifests.ready.running import TemplateRuntimeError, Undefined, internalcode, missing
name = 'federatedlearning.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_metadata = resolve('metadata')
    l_0_aggregation = resolve('aggregation')
    l_0_train = resolve('train')
    l_0_pretrained = resolve('pretrained')
    l_0_transmitter = resolve('transmitter')
    l_0_metadata_of = l_0_pod = missing
    try:
        t_1 = environment.filters['counted']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'counted' found.")
    try:
        t_2 = environment.filters['indent']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'indent' found.")
    try:
        t_3 = environment.filters['yaml']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'yaml' found.")
    pass
    included_template = environment.get_template('parts/metadata.yaml.j2', 'federatedlearning.yaml.j2')._get_default_module(context)
    l_0_metadata_of = getattr(included_template, 'metadata_of', missing)
    if l_0_metadata_of is missing:
        l_0_metadata_of = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'federatedlearning.yaml.j2') does not export the requested name 'metadata_of'", name='metadata_of')
    context.vars['metadata_of'] = l_0_metadata_of
    context.exported_vars.discard('metadata_of')
    included_template = environment.get_template('parts/worker.yaml.j2', 'federatedlearning.yaml.j2')._get_default_module(context)
    l_0_pod = getattr(included_template, 'pod', missing)
    if l_0_pod is missing:
        l_0_pod = undefined(f"the template {included_template.__name__!r} (imported on line 3 in 'federatedlearning.yaml.j2') does not export the requested name 'pod'", name='pod')
    context.vars['pod'] = l_0_pod
    context.exported_vars.discard('pod')
    yield 'apiVersion: sedna.io/v1alpha1\nkind: FederatedLearningJob\n'
    yield str(environment.call(context, (undefined(name='metadata_of') if l_0_metadata_of is missing else l_0_metadata_of), (undefined(name='metadata') if l_0_metadata is missing else l_0_metadata)))
    yield '\nspec:\n  aggregationWorker:\n    model:\n      name: '
    yield str(t_3(environment.getattr((undefined(name='aggregation') if l_0_aggregation is missing else l_0_aggregation), 'model')))
    yield '\n    '
    yield str(t_2(environment.call(context, (undefined(name='pod') if l_0_pod is missing else l_0_pod), (undefined(name='aggregation') if l_0_aggregation is missing else l_0_aggregation)), 4))
    yield '\n  trainingWorkers:\n'
    for l_1_worker in t_1(environment.getattr((undefined(name='train') if l_0_train is missing else l_0_train), 'workers')):
        _loop_vars = {}
        pass
        yield '  - dataset:\n      name: '
        yield str(t_3(environment.getattr(l_1_worker, 'dataset')))
        yield '\n    '
        yield str(t_2(environment.call(context, (undefined(name='pod') if l_0_pod is missing else l_0_pod), l_1_worker, _loop_vars=_loop_vars), 4))
        yield '\n'
    l_1_worker = missing
    if (undefined(name='pretrained') if l_0_pretrained is missing else l_0_pretrained):
        pass
        yield '  pretrainedModel:\n    name: '
        yield str(t_3((undefined(name='pretrained') if l_0_pretrained is missing else l_0_pretrained)))
        yield '\n'
    if (undefined(name='transmitter') if l_0_transmitter is missing else l_0_transmitter):
        pass
        yield '  transmitter: '
        yield str(t_3((undefined(name='transmitter') if l_0_transmitter is missing else l_0_transmitter)))
        yield '\n'

blocks = {}
debug_info = '2=35&3=41&6=48&10=50&11=52&13=54&15=58&16=60&18=63&20=66&22=68&23=71'
