"""Translated from templates/parts/worker.yaml.j2 by `python -m sednactl.manifests.ready`; not to be edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
JINJA = "3.1.6"
SOURCE = '{# The pod of one side: its container, what it mounts, and whatever the values say beyond. #}\n{% macro pod(side, restart=none) %}\ntemplate:\n  spec:\n{% if side.node %}\n    nodeName: {{ side.node | yaml }}\n{% endif %}\n{% if side.hostNetwork %}\n    hostNetwork: true\n{% if "dnsPolicy" not in side.pod %}\n    {# Without it a pod on the node\'s network cannot find the cluster\'s services. #}\n    dnsPolicy: ClusterFirstWithHostNet\n{% endif %}\n{% endif %}\n{% if restart and "restartPolicy" not in side.pod %}\n    restartPolicy: {{ restart | yaml }}\n{% endif %}\n{% for field, value in side.pod.items() %}\n    {{ field | yaml }}: {{ value | yaml }}\n{% endfor %}\n    containers:\n    - name: {{ side.container.name | yaml }}\n      image: {{ side.image | yaml }}\n{% if "imagePullPolicy" not in side.container %}\n      imagePullPolicy: IfNotPresent\n{% endif %}\n{% for field, value in side.container.items() if field != "name" %}\n      {{ field | yaml }}: {{ value | yaml }}\n{% endfor %}\n{% if side.env %}\n      env: {{ side.env | yaml }}\n{% endif %}\n{% if side.requests or side.limits %}\n      resources:\n{% if side.requests %}\n        requests: {{ side.requests | yaml }}\n{% endif %}\n{% if side.limits %}\n        limits: {{ side.limits | yaml }}\n{% endif %}\n{% endif %}\n{% if side.mounts %}\n      volumeMounts: {{ side.mounts | yaml }}\n{% endif %}\n{% for container in side.sidecars %}\n    - {{ container | yaml }}\n{% endfor %}\n{% if side.volumes %}\n    volumes: {{ side.volumes | yaml }}\n{% endif %}\n{% endmacro %}\n'
from sednactl.manifests.ready.running import Macro, TemplateRuntimeError, Undefined, internalcode, missing
name = 'parts/worker.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_pod = missing
    try:
        t_1 = environment.filters['counted']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'counted' found.")
    try:
        t_2 = environment.filters['yaml']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'yaml' found.")
    pass
    def macro(l_1_side, l_1_restart):
        t_3 = []
        if l_1_side is missing:
            l_1_side = undefined("parameter 'side' was not provided", name='side')
        if l_1_restart is missing:
            l_1_restart = None
        pass
        t_3.append(
            'template:\n  spec:\n',
        )
        if environment.getattr(l_1_side, 'node'):
            pass
            t_3.extend((
                '    nodeName: ',
                str(t_2(environment.getattr(l_1_side, 'node'))),
                '\n',
            ))
        if environment.getattr(l_1_side, 'hostNetwork'):
            pass
            t_3.append(
                '    hostNetwork: true\n',
            )
            if ('dnsPolicy' not in environment.getattr(l_1_side, 'pod')):
                pass
                t_3.append(
                    '    dnsPolicy: ClusterFirstWithHostNet\n',
                )
        if (l_1_restart and ('restartPolicy' not in environment.getattr(l_1_side, 'pod'))):
            pass
            t_3.extend((
                '    restartPolicy: ',
                str(t_2(l_1_restart)),
                '\n',
            ))
        for (l_2_field, l_2_value) in t_1(environment.call(context, environment.getattr(environment.getattr(l_1_side, 'pod'), 'items'))):
            _loop_vars = {}
            pass
            t_3.extend((
                '    ',
                str(t_2(l_2_field)),
                ': ',
                str(t_2(l_2_value)),
                '\n',
            ))
        l_2_field = l_2_value = missing
        t_3.extend((
            '    containers:\n    - name: ',
            str(t_2(environment.getattr(environment.getattr(l_1_side, 'container'), 'name'))),
            '\n      image: ',
            str(t_2(environment.getattr(l_1_side, 'image'))),
            '\n',
        ))
        if ('imagePullPolicy' not in environment.getattr(l_1_side, 'container')):
            pass
            t_3.append(
                '      imagePullPolicy: IfNotPresent\n',
            )
        def t_4(fiter):
            for (l_2_field, l_2_value) in fiter:
                if (l_2_field != 'name'):
                    yield (l_2_field, l_2_value)
        for (l_2_field, l_2_value) in t_4(t_1(environment.call(context, environment.getattr(environment.getattr(l_1_side, 'container'), 'items')))):
            _loop_vars = {}
            pass
            t_3.extend((
                '      ',
                str(t_2(l_2_field)),
                ': ',
                str(t_2(l_2_value)),
                '\n',
            ))
        l_2_field = l_2_value = missing
        if environment.getattr(l_1_side, 'env'):
            pass
            t_3.extend((
                '      env: ',
                str(t_2(environment.getattr(l_1_side, 'env'))),
                '\n',
            ))
        if (environment.getattr(l_1_side, 'requests') or environment.getattr(l_1_side, 'limits')):
            pass
            t_3.append(
                '      resources:\n',
            )
            if environment.getattr(l_1_side, 'requests'):
                pass
                t_3.extend((
                    '        requests: ',
                    str(t_2(environment.getattr(l_1_side, 'requests'))),
                    '\n',
                ))
            if environment.getattr(l_1_side, 'limits'):
                pass
                t_3.extend((
                    '        limits: ',
                    str(t_2(environment.getattr(l_1_side, 'limits'))),
                    '\n',
                ))
        if environment.getattr(l_1_side, 'mounts'):
            pass
            t_3.extend((
                '      volumeMounts: ',
                str(t_2(environment.getattr(l_1_side, 'mounts'))),
                '\n',
            ))
        for l_2_container in t_1(environment.getattr(l_1_side, 'sidecars')):
            _loop_vars = {}
            pass
            t_3.extend((
                '    - ',
                str(t_2(l_2_container)),
                '\n',
            ))
        l_2_container = missing
        if environment.getattr(l_1_side, 'volumes'):
            pass
            t_3.extend((
                '    volumes: ',
                str(t_2(environment.getattr(l_1_side, 'volumes'))),
                '\n',
            ))
        return concat(t_3)
    context.exported_vars.add('pod')
    context.vars['pod'] = l_0_pod = Macro(environment, macro, 'pod', ('side', 'restart'), False, False, False, context.eval_ctx.autoescape)

blocks = {}
debug_info = '2=24&5=34&6=38&8=41&10=46&15=51&16=55&18=58&19=63&22=71&23=73&24=76&27=81&28=90&30=96&31=100&33=103&35=108&36=112&38=115&39=119&42=122&43=126&45=129&46=134&48=138&49=142'
