"""Translated from templates/objecttracking.yaml.j2 by `python -m sednactl.manifests.ready`; not to be edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
JINJA = "3.1.6"
SOURCE = '{# Follows objects across cameras. Sedna stores it; its Global Manager has no controller for it. #}\n{% from "parts/metadata.yaml.j2" import metadata_of %}\n{% from "parts/deployment.yaml.j2" import deployment %}\n{% from "parts/worker.yaml.j2" import pod %}\napiVersion: sedna.io/v1alpha1\nkind: ObjectTrackingService\n{{ metadata_of(metadata) }}\nspec:\n  trackingWorkers:\n{% for worker in tracking.workers %}\n  - {{ pod(worker) | indent(4) }}\n{% endfor %}\n  reidWorkers:\n    {{ deployment(reid, reid.replicas) | indent(4) }}\n'
from sednactl.manifests.ready.running import TemplateRuntimeError, Undefined, internalcode, missing
name = 'objecttracking.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_metadata = resolve('metadata')
    l_0_tracking = resolve('tracking')
    l_0_reid = resolve('reid')
    l_0_metadata_of = l_0_deployment = l_0_pod = missing
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
    pass
    included_template = environment.get_template('parts/metadata.yaml.j2', 'objecttracking.yaml.j2')._get_default_module(context)
    l_0_metadata_of = getattr(included_template, 'metadata_of', missing)
    if l_0_metadata_of is missing:
        l_0_metadata_of = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'objecttracking.yaml.j2') does not export the requested name 'metadata_of'", name='metadata_of')
    context.vars['metadata_of'] = l_0_metadata_of
    context.exported_vars.discard('metadata_of')
    included_template = environment.get_template('parts/deployment.yaml.j2', 'objecttracking.yaml.j2')._get_default_module(context)
    l_0_deployment = getattr(included_template, 'deployment', missing)
    if l_0_deployment is missing:
        l_0_deployment = undefined(f"the template {included_template.__name__!r} (imported on line 3 in 'objecttracking.yaml.j2') does not export the requested name 'deployment'", name='deployment')
    context.vars['deployment'] = l_0_deployment
    context.exported_vars.discard('deployment')
    included_template = environment.get_template('parts/worker.yaml.j2', 'objecttracking.yaml.j2')._get_default_module(context)
    l_0_pod = getattr(included_template, 'pod', missing)
    if l_0_pod is missing:
        l_0_pod = undefined(f"the template {included_template.__name__!r} (imported on line 4 in 'objecttracking.yaml.j2') does not export the requested name 'pod'", name='pod')
    context.vars['pod'] = l_0_pod
    context.exported_vars.discard('pod')
    yield 'apiVersion: sedna.io/v1alpha1\nkind: ObjectTrackingService\n'
    yield str(environment.call(context, (undefined(name='metadata_of') if l_0_metadata_of is missing else l_0_metadata_of), (undefined(name='metadata') if l_0_metadata is missing else l_0_metadata)))
    yield '\nspec:\n  trackingWorkers:\n'
    for l_1_worker in t_1(environment.getattr((undefined(name='tracking') if l_0_tracking is missing else l_0_tracking), 'workers')):
        _loop_vars = {}
        pass
        yield '  - '
        yield str(t_2(environment.call(context, (undefined(name='pod') if l_0_pod is missing else l_0_pod), l_1_worker, _loop_vars=_loop_vars), 4))
        yield '\n'
    l_1_worker = missing
    yield '  reidWorkers:\n    '
    yield str(t_2(environment.call(context, (undefined(name='deployment') if l_0_deployment is missing else l_0_deployment), (undefined(name='reid') if l_0_reid is missing else l_0_reid), environment.getattr((undefined(name='reid') if l_0_reid is missing else l_0_reid), 'replicas')), 4))

blocks = {}
debug_info = '2=27&3=33&4=39&7=46&10=48&11=52&14=56'
