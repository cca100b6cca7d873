#pragma once
// Qt waits five seconds for what a test expects to happen, which a busy machine can take longer for. Nothing
// is slower for a longer limit but a test that fails. Included after <QtTest>.
#undef QTRY_VERIFY
#define QTRY_VERIFY(expression) QTRY_VERIFY_WITH_TIMEOUT((expression), 60'000)
#undef QTRY_COMPARE
#define QTRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT((actual), (expected), 60'000)

namespace quantwright::testing {

/// True as soon as it holds.
template <class Predicate>
bool eventually(Predicate predicate) {
    return QTest::qWaitFor(predicate, 60'000);
}

}  // namespace quantwright::testing
