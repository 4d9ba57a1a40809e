"""Translated from templates/parts/deployment.yaml.j2 by `python -m sednactl.manifests.ready`; not to be edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
JINJA = "3.1.6"
SOURCE = '{# What a kind takes of a Deployment. The CRD wants a selector that Sedna never reads. #}\n{% from "parts/worker.yaml.j2" import pod %}\n{% macro deployment(worker, replicas) %}\nreplicas: {{ replicas | yaml }}\nselector: {}\n{{ pod(worker) }}\n{% endmacro %}\n'
from sednactl.manifests.ready.running import Macro, TemplateRuntimeError, Undefined, internalcode, missing
name = 'parts/deployment.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_pod = l_0_deployment = missing
    try:
        t_1 = environment.filters['yaml']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'yaml' found.")
    pass
    included_template = environment.get_template('parts/worker.yaml.j2', 'parts/deployment.yaml.j2')._get_default_module(context)
    l_0_pod = getattr(included_template, 'pod', missing)
    if l_0_pod is missing:
        l_0_pod = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'parts/deployment.yaml.j2') does not export the requested name 'pod'", name='pod')
    context.vars['pod'] = l_0_pod
    context.exported_vars.discard('pod')
    def macro(l_1_worker, l_1_replicas):
        t_2 = []
        if l_1_worker is missing:
            l_1_worker = undefined("parameter 'worker' was not provided", name='worker')
        if l_1_replicas is missing:
            l_1_replicas = undefined("parameter 'replicas' was not provided", name='replicas')
        pass
        t_2.extend((
            'replicas: ',
            str(t_1(l_1_replicas)),
            '\nselector: {}\n',
            str(environment.call(context, (undefined(name='pod') if l_0_pod is missing else l_0_pod), l_1_worker)),
            '\n',
        ))
        return concat(t_2)
    context.exported_vars.add('deployment')
    context.vars['deployment'] = l_0_deployment = Macro(environment, macro, 'deployment', ('worker', 'replicas'), False, False, False, context.eval_ctx.autoescape)

blocks = {}
debug_info = '2=18&3=24&4=33&6=35'
