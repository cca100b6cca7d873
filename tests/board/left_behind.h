#pragma once
// What a deployment must not leave on the board.
#include <QtCore/QRegularExpression>
#include <QtTest/QTest>

#include "tests/board/board.h"

namespace quantwright::testing {

/// Processes, and files that are not whole; empty once there are none. qemu and sshd need a moment, on a busy
/// machine a long one.
inline QString left_behind(const BoardFacts& board) {
    static const QRegularExpression whole(
        "^/home/board/\\.cache/quantwright/(lock|(agents|models|samples)/[0-9a-f]{64}(\\.onnx|\\.qws)?)$");
    QString left;
    for (int attempt = 0; attempt < 300; ++attempt) {
        left = QString::fromUtf8(run_standin({"ps", "--dir", board["dir"]}).output).trimmed();
        const QByteArray found =
            run_standin({"exec", "--dir", board["dir"], "sh", "-c",
                         "find /home/board/.cache/quantwright /tmp -type f 2>/dev/null || true"})
                .output;
        for (const QString& file : QString::fromUtf8(found).split('\n', Qt::SkipEmptyParts))
            if (!whole.match(file).hasMatch())
                left += ' ' + file;
        if (left.isEmpty())
            return {};
        QTest::qWait(100);
    }
    return left;
}

}  // namespace quantwright::testing
