"""`checks:`: many asserts in one step. Each step is a process of its own for every host, and most of kubespray's first ones only compare variables.

    checks:
    vars:
      checks:                                # conditions are bare Jinja2, as in `assert`; messages are templates
        - {that: condition or a list of them, says: message, when: condition or a list of them}
        - {warns: message, when: condition}  # said, and nothing is stopped

Those before the first that fails hold; with its message the task fails.
"""
from ansible.playbook.conditional import Conditional
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    _requires_connection = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        known = {}

        def holds(conditions):
            for each in conditions if isinstance(conditions, list) else [conditions]:
                if each not in known:
                    test = Conditional(loader=self._loader)
                    test.when = [each]
                    known[each] = test.evaluate_conditional(templar=self._templar, all_vars=task_vars)
                if not known[each]:
                    return False
            return True

        for check in task_vars["checks"]:
            if not holds(check.get("when", [])):
                continue
            if "warns" in check:
                result.setdefault("warnings", []).append(self._templar.template(check["warns"]))
            elif not holds(check["that"]):
                return {**result, "failed": True, "msg": self._templar.template(check["says"])}
        return {**result, "changed": False}
