#pragma once
// Connections to the stand-in for tests.
#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtCore/QThread>

#include <memory>
#include <string>

#include "core/board/connection.h"
#include "tests/board/board.h"

namespace quantwright::testing {

inline std::string code_of(const Error& error) {
    return std::string(name_of(error.code)) + " [" + error.subject + "] " + error.detail;
}

/// The name of what a call ended with: "ok" or "area.what".
template <class T>
QByteArray outcome(const Result<T>& result) {
    return result ? QByteArray("ok") : QByteArray::fromStdString(std::string(name_of(result.error().code)));
}

inline void write_file(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    if (file.open(QIODevice::WriteOnly))
        file.write(bytes);
}

/// Options that log in to the stand-in with its key, and know it, and know nothing of this machine's user.
class Door {
public:
    explicit Door(BoardFacts facts) : m_facts(std::move(facts)) {
        write_file(known_hosts(), m_facts["known_hosts"].toUtf8() + '\n');
        options.address = {m_facts["user"].toStdString(), m_facts["host"].toStdString(),
                           m_facts["port"].toInt()};
        options.identity = m_facts["key"].toStdString();
        options.known_hosts = known_hosts().toStdString();
        options.read_config = false;
        // A busy machine is no fault of the board's; tests of these limits set their own.
        options.timeout = std::chrono::minutes(1);
        options.silence = std::chrono::minutes(2);
    }

    [[nodiscard]] QString known_hosts() const { return m_folder.filePath("known_hosts"); }
    [[nodiscard]] QString path(const QString& name) const { return m_folder.filePath(name); }
    [[nodiscard]] const BoardFacts& facts() const { return m_facts; }

    /// Through a relay: another port, so another name in known_hosts.
    void go_through(quint16 port) {
        options.address.port = port;
        QByteArray line = m_facts["known_hosts"].toUtf8();
        line.replace(m_facts["port"].toUtf8(), QByteArray::number(port));
        write_file(known_hosts(), line + '\n');
    }

    ConnectOptions options;
    ConnectQuestions questions;

    [[nodiscard]] Result<std::unique_ptr<Connection>> open(const JobContext& job = {}) const {
        return connect(options, questions, job);
    }

private:
    BoardFacts m_facts;
    QTemporaryDir m_folder;
};

/// A stand-in of a test's own, for what the common one must not be.
class OwnBoard {
public:
    explicit OwnBoard(const QStringList& arguments) {
        QStringList all{"start", "--dir", folder(), "--while",
                        QString::number(QCoreApplication::applicationPid())};
        all += arguments;
        const StandinResult started = run_standin(all);
        if (started.status == 0)
            facts = parse_facts(started.output);
    }
    ~OwnBoard() { run_standin({"stop", "--remove", "--dir", folder()}); }
    OwnBoard(const OwnBoard&) = delete;
    OwnBoard& operator=(const OwnBoard&) = delete;

    BoardFacts facts;

private:
    [[nodiscard]] QString folder() const { return m_folder.filePath("board"); }
    QTemporaryDir m_folder;
};

inline bool has_program(const BoardFacts& facts, const QByteArray& name) {
    return run_standin({"ps", "--dir", facts["dir"]}).output.contains(' ' + name + '\n');
}

}  // namespace quantwright::testing
