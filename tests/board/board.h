#pragma once
// The stand-in board that ctest started for the tests (tests/board/standin, docs/board.md).
#include <QtCore/QFile>
#include <QtCore/QHash>
#include <QtCore/QProcess>
#include <QtCore/QString>
#include <QtCore/QStringList>

namespace quantwright::testing {

using BoardFacts = QHash<QString, QString>;

inline BoardFacts parse_facts(const QByteArray& text) {
    BoardFacts facts;
    const QStringList lines = QString::fromUtf8(text).split('\n', Qt::SkipEmptyParts);
    for (const QString& line : lines)
        facts.insert(line.section('=', 0, 0), line.section('=', 1));
    return facts;
}

/// host, port, user, password, key, ... by name; "reason" alone, why not, where there is no board.
inline BoardFacts board_facts() {
    QFile file(qEnvironmentVariable("QUANTWRIGHT_BOARD"));
    if (!file.open(QIODevice::ReadOnly))
        return {{QStringLiteral("reason"),
                 QStringLiteral("QUANTWRIGHT_BOARD names no file: run this test through ctest")}};
    return parse_facts(file.readAll());
}

struct StandinResult {
    int status = -1;
    QByteArray output;
};

/// Runs tests/board/standin: {"fault", "--dir", facts["dir"], "kill-sessions"}, say.
inline StandinResult run_standin(const QStringList& arguments) {
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(qEnvironmentVariable("QUANTWRIGHT_STANDIN"), arguments);
    process.waitForFinished(-1);
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            process.readAllStandardOutput()};
}

/// tests/board/relay.cpp with these arguments, for as long as the object lives.
class Relay {
public:
    explicit Relay(const QStringList& arguments) {
        m_process.start(qEnvironmentVariable("QUANTWRIGHT_RELAY"), arguments);
        while (!m_process.canReadLine() && m_process.waitForReadyRead(60'000)) {
        }
        m_port = m_process.readLine().trimmed().toUShort();
    }
    ~Relay() {
        m_process.kill();
        m_process.waitForFinished();
    }
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    /// 0 if it did not start.
    quint16 port() const { return m_port; }

private:
    QProcess m_process;
    quint16 m_port = 0;
};

}  // namespace quantwright::testing
