# SPDX-License-Identifier: MIT
"""unittest whose result Meson can count: `tap.main()` instead of `unittest.main()`, and
`protocol: 'tap'`. Arguments name tests, such as TestLock.test_order, to run only these."""
import sys
import traceback
import unittest


class TapResult(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.count = 0
        self.bad_subtest = None

    def say(self, ok, test, comment=""):
        self.count += 1
        name = test.id().removeprefix("__main__.").replace("#", "")
        print(f"{'ok' if ok else 'not ok'} {self.count} - {name}{comment}", flush=True)

    def explain(self, err):
        for line in "".join(traceback.format_exception(*err)).splitlines():
            print(f"# {line}")

    def startTest(self, test):
        super().startTest(test)
        self.bad_subtest = None

    def addSuccess(self, test):
        self.say(True, test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.explain(err)
        self.say(False, test)

    def addError(self, test, err):
        super().addError(test, err)
        self.explain(err)
        self.say(False, test)

    def addSkip(self, test, reason):
        self.say(True, test, f" # SKIP {reason}")

    def addSubTest(self, test, subtest, err):
        """With subtests that fail, their test gets no verdict of its own: it is said once."""
        super().addSubTest(test, subtest, err)
        if err is not None:
            print(f"# in {subtest.id()}")
            self.explain(err)
            if self.bad_subtest is not test:
                self.say(False, test)
            self.bad_subtest = test

    def addExpectedFailure(self, test, err):
        self.say(False, test, " # TODO")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        print("# passed, though marked as expected to fail")
        self.say(False, test)


def main(module="__main__"):
    loader = unittest.defaultTestLoader
    names = sys.argv[1:]
    module = sys.modules[module]
    tests = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)
    print(f"1..{tests.countTestCases()}", flush=True)
    result = TapResult()
    tests.run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
