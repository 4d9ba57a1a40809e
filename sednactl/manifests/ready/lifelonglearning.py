"""Translated from templates/lifelonglearning.yaml.j2 by `python -m sednactl.manifests.ready`; not to be edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
JINJA = "3.1.6"
SOURCE = '{# Learning that never ends: knowledge of many tasks, trained on new samples, evaluated, deployed. #}\n{% from "parts/metadata.yaml.j2" import metadata_of %}\n{% from "parts/worker.yaml.j2" import pod %}\napiVersion: sedna.io/v1alpha1\nkind: LifelongLearningJob\n{{ metadata_of(metadata) }}\nspec:\n  dataset:\n    name: {{ dataset | yaml }}\n    trainProb: {{ trainProb | yaml }}\n  trainSpec:\n    trigger: {{ train.trigger | yaml }}\n    {{ pod(train) | indent(4) }}\n  evalSpec:\n    {{ pod(eval) | indent(4) }}\n  deploySpec:\n    {{ pod(deploy) | indent(4) }}\n  outputDir: {{ outputDir | yaml }}\n{% if credential %}\n  credentialName: {{ credential | yaml }}\n{% endif %}\n'
from sednactl.manifests.ready.running import TemplateRuntimeError, Undefined, internalcode, missing
name = 'lifelonglearning.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_metadata = resolve('metadata')
    l_0_dataset = resolve('dataset')
    l_0_trainProb = resolve('trainProb')
    l_0_train = resolve('train')
    l_0_eval = resolve('eval')
    l_0_deploy = resolve('deploy')
    l_0_outputDir = resolve('outputDir')
    l_0_credential = resolve('credential')
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
    pass
    included_template = environment.get_template('parts/metadata.yaml.j2', 'lifelonglearning.yaml.j2')._get_default_module(context)
    l_0_metadata_of = getattr(included_template, 'metadata_of', missing)
    if l_0_metadata_of is missing:
        l_0_metadata_of = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'lifelonglearning.yaml.j2') does not export the requested name 'metadata_of'", name='metadata_of')
    context.vars['metadata_of'] = l_0_metadata_of
    context.exported_vars.discard('metadata_of')
    included_template = environment.get_template('parts/worker.yaml.j2', 'lifelonglearning.yaml.j2')._get_default_module(context)
    l_0_pod = getattr(included_template, 'pod', missing)
    if l_0_pod is missing:
        l_0_pod = undefined(f"the template {included_template.__name__!r} (imported on line 3 in 'lifelonglearning.yaml.j2') does not export the requested name 'pod'", name='pod')
    context.vars['pod'] = l_0_pod
    context.exported_vars.discard('pod')
    yield 'apiVersion: sedna.io/v1alpha1\nkind: LifelongLearningJob\n'
    yield str(environment.call(context, (undefined(name='metadata_of') if l_0_metadata_of is missing else l_0_metadata_of), (undefined(name='metadata') if l_0_metadata is missing else l_0_metadata)))
    yield '\nspec:\n  dataset:\n    name: '
    yield str(t_2((undefined(name='dataset') if l_0_dataset is missing else l_0_dataset)))
    yield '\n    trainProb: '
    yield str(t_2((undefined(name='trainProb') if l_0_trainProb is missing else l_0_trainProb)))
    yield '\n  trainSpec:\n    trigger: '
    yield str(t_2(environment.getattr((undefined(name='train') if l_0_train is missing else l_0_train), 'trigger')))
    yield '\n    '
    yield str(t_1(environment.call(context, (undefined(name='pod') if l_0_pod is missing else l_0_pod), (undefined(name='train') if l_0_train is missing else l_0_train)), 4))
    yield '\n  evalSpec:\n    '
    yield str(t_1(environment.call(context, (undefined(name='pod') if l_0_pod is missing else l_0_pod), (undefined(name='eval') if l_0_eval is missing else l_0_eval)), 4))
    yield '\n  deploySpec:\n    '
    yield str(t_1(environment.call(context, (undefined(name='pod') if l_0_pod is missing else l_0_pod), (undefined(name='deploy') if l_0_deploy is missing else l_0_deploy)), 4))
    yield '\n  outputDir: '
    yield str(t_2((undefined(name='outputDir') if l_0_outputDir is missing else l_0_outputDir)))
    yield '\n'
    if (undefined(name='credential') if l_0_credential is missing else l_0_credential):
        pass
        yield '  credentialName: '
        yield str(t_2((undefined(name='credential') if l_0_credential is missing else l_0_credential)))
        yield '\n'

blocks = {}
debug_info = '2=32&3=38&6=45&9=47&10=49&12=51&13=53&15=55&17=57&18=59&19=61&20=64'
