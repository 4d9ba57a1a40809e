"""Translated from templates/incrementallearning.yaml.j2 by `python -m sednactl.manifests.ready`; not to be edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
JINJA = "3.1.6"
SOURCE = '{# A deployed model that goes on learning: trained on new samples, evaluated, deployed when better. #}\n{% from "parts/metadata.yaml.j2" import metadata_of %}\n{% from "parts/mining.yaml.j2" import mining %}\n{% from "parts/worker.yaml.j2" import pod %}\napiVersion: sedna.io/v1alpha1\nkind: IncrementalLearningJob\n{{ metadata_of(metadata) }}\nspec:\n  dataset:\n    name: {{ dataset | yaml }}\n    trainProb: {{ trainProb | yaml }}\n  initialModel:\n    name: {{ initialModel | yaml }}\n  trainSpec:\n    trigger: {{ train.trigger | yaml }}\n    {{ pod(train) | indent(4) }}\n  evalSpec:\n{% if eval.model %}\n    initialEvalModel:\n      name: {{ eval.model | yaml }}\n{% endif %}\n    {{ pod(eval) | indent(4) }}\n  deploySpec:\n    model:\n      name: {{ deploy.model | yaml }}\n{% if deploy.hotUpdate %}\n      hotUpdateEnabled: true\n{% if deploy.pollSeconds %}\n      pollPeriodSeconds: {{ deploy.pollSeconds | yaml }}\n{% endif %}\n{% endif %}\n    trigger: {{ deploy.trigger | yaml }}\n    {{ mining(deploy.hem) | indent(4) }}\n    {{ pod(deploy) | indent(4) }}\n  outputDir: {{ outputDir | yaml }}\n{% if credential %}\n  credentialName: {{ credential | yaml }}\n{% endif %}\n'
from sednactl.manifests.ready.running import TemplateRuntimeError, Undefined, internalcode, missing
name = 'incrementallearning.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_metadata = resolve('metadata')
    l_0_dataset = resolve('dataset')
    l_0_trainProb = resolve('trainProb')
    l_0_initialModel = resolve('initialModel')
    l_0_train = resolve('train')
    l_0_eval = resolve('eval')
    l_0_deploy = resolve('deploy')
    l_0_outputDir = resolve('outputDir')
    l_0_credential = resolve('credential')
    l_0_metadata_of = l_0_mining = l_0_pod = missing
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
    included_template = environment.get_template('parts/metadata.yaml.j2', 'incrementallearning.yaml.j2')._get_default_module(context)
    l_0_metadata_of = getattr(included_template, 'metadata_of', missing)
    if l_0_metadata_of is missing:
        l_0_metadata_of = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'incrementallearning.yaml.j2') does not export the requested name 'metadata_of'", name='metadata_of')
    context.vars['metadata_of'] = l_0_metadata_of
    context.exported_vars.discard('metadata_of')
    included_template = environment.get_template('parts/mining.yaml.j2', 'incrementallearning.yaml.j2')._get_default_module(context)
    l_0_mining = getattr(included_template, 'mining', missing)
    if l_0_mining is missing:
        l_0_mining = undefined(f"the template {included_template.__name__!r} (imported on line 3 in 'incrementallearning.yaml.j2') does not export the requested name 'mining'", name='mining')
    context.vars['mining'] = l_0_mining
    context.exported_vars.discard('mining')
    included_template = environment.get_template('parts/worker.yaml.j2', 'incrementallearning.yaml.j2')._get_default_module(context)
    l_0_pod = getattr(included_template, 'pod', missing)
    if l_0_pod is missing:
        l_0_pod = undefined(f"the template {included_template.__name__!r} (imported on line 4 in 'incrementallearning.yaml.j2') does not export the requested name 'pod'", name='pod')
    context.vars['pod'] = l_0_pod
    context.exported_vars.discard('pod')
    yield 'apiVersion: sedna.io/v1alpha1\nkind: IncrementalLearningJob\n'
    yield str(environment.call(context, (undefined(name='metadata_of') if l_0_metadata_of is missing else l_0_metadata_of), (undefined(name='metadata') if l_0_metadata is missing else l_0_metadata)))
    yield '\nspec:\n  dataset:\n    name: '
    yield str(t_2((undefined(name='dataset') if l_0_dataset is missing else l_0_dataset)))
    yield '\n    trainProb: '
    yield str(t_2((undefined(name='trainProb') if l_0_trainProb is missing else l_0_trainProb)))
    yield '\n  initialModel:\n    name: '
    yield str(t_2((undefined(name='initialModel') if l_0_initialModel is missing else l_0_initialModel)))
    yield '\n  trainSpec:\n    trigger: '
    yield str(t_2(environment.getattr((undefined(name='train') if l_0_train is missing else l_0_train), 'trigger')))
    yield '\n    '
    yield str(t_1(environment.call(context, (undefined(name='pod') if l_0_pod is missing else l_0_pod), (undefined(name='train') if l_0_train is missing else l_0_train)), 4))
    yield '\n  evalSpec:\n'
    if environment.getattr((undefined(name='eval') if l_0_eval is missing else l_0_eval), 'model'):
        pass
        yield '    initialEvalModel:\n      name: '
        yield str(t_2(environment.getattr((undefined(name='eval') if l_0_eval is missing else l_0_eval), 'model')))
        yield '\n'
    yield '    '
    yield str(t_1(environment.call(context, (undefined(name='pod') if l_0_pod is missing else l_0_pod), (undefined(name='eval') if l_0_eval is missing else l_0_eval)), 4))
    yield '\n  deploySpec:\n    model:\n      name: '
    yield str(t_2(environment.getattr((undefined(name='deploy') if l_0_deploy is missing else l_0_deploy), 'model')))
    yield '\n'
    if environment.getattr((undefined(name='deploy') if l_0_deploy is missing else l_0_deploy), 'hotUpdate'):
        pass
        yield '      hotUpdateEnabled: true\n'
        if environment.getattr((undefined(name='deploy') if l_0_deploy is missing else l_0_deploy), 'pollSeconds'):
            pass
            yield '      pollPeriodSeconds: '
            yield str(t_2(environment.getattr((undefined(name='deploy') if l_0_deploy is missing else l_0_deploy), 'pollSeconds')))
            yield '\n'
    yield '    trigger: '
    yield str(t_2(environment.getattr((undefined(name='deploy') if l_0_deploy is missing else l_0_deploy), 'trigger')))
    yield '\n    '
    yield str(t_1(environment.call(context, (undefined(name='mining') if l_0_mining is missing else l_0_mining), environment.getattr((undefined(name='deploy') if l_0_deploy is missing else l_0_deploy), 'hem')), 4))
    yield '\n    '
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
debug_info = '2=33&3=39&4=45&7=52&10=54&11=56&13=58&15=60&16=62&18=64&20=67&22=70&25=72&26=74&28=77&29=80&32=83&33=85&34=87&35=89&36=91&37=94'
