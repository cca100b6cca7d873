#pragma once
// The agent as a child of the test, spoken to as docs/board-protocol.md says.
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>

#include <csignal>
#include <vector>

#include "core/base/json.h"

namespace quantwright::testing {

/// What came for one request: the answer (an empty object if the agent ended before it) and the events in
/// order.
struct AgentReply {
    Json answer = Json::object();
    std::vector<Json> events;

    bool ok() const { return answer.value("ok", false); }
    QString error_code() const { return error("code"); }
    QString error(const char* key) const {
        return answer.contains("error") ? QString::fromStdString(answer["error"][key].get<std::string>())
                                        : QString();
    }
    std::vector<Json> events_named(const std::string& name) const {
        std::vector<Json> found;
        for (const Json& event : events)
            if (event.value("event", "") == name)
                found.push_back(event);
        return found;
    }
};

class AgentProcess {
public:
    static constexpr int patience_ms = 120000;

    /// Starts in `home`; waits for its hello.
    void start(const QString& home, const QString& program,
               const QStringList& arguments = {QStringLiteral("serve")}, const QStringList& variables = {}) {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("HOME"), home);
        for (const QString& variable : variables)
            environment.insert(variable.section('=', 0, 0), variable.section('=', 1));
        m_process.setProcessEnvironment(environment);
        m_process.setWorkingDirectory(home);
        m_process.setProcessChannelMode(QProcess::SeparateChannels);
        m_process.start(program, arguments);
        m_hello = next();
    }
    ~AgentProcess() {
        m_process.kill();
        m_process.waitForFinished();
    }

    const Json& hello() const { return m_hello; }
    QProcess& process() { return m_process; }

    void send_line(const QByteArray& line) { m_process.write(line + '\n'); }
    std::int64_t send(Json request) {
        request["id"] = ++m_last_id;
        send_line(QByteArray::fromStdString(request.dump()));
        return m_last_id;
    }
    AgentReply ask(const Json& request) { return reply_to(send(request)); }
    AgentReply reply_to(std::int64_t id) {
        AgentReply reply;
        for (Json line = next(); !line.empty(); line = next()) {
            if (line.value("id", std::int64_t(-1)) != id)
                continue;
            if (!line.contains("event")) {
                reply.answer = line;
                break;
            }
            reply.events.push_back(line);
        }
        return reply;
    }

    /// The next line but for signs of life; an empty object at the end.
    Json next() {
        for (;;) {
            while (!m_process.canReadLine()) {
                m_process.readAllStandardError();  // Debian's runtime writes 100 KB of it
                if (!m_process.waitForReadyRead(patience_ms) && !m_process.canReadLine())
                    return Json::object();
            }
            Json line = Json::parse(m_process.readLine().toStdString(), nullptr, false);
            if (!line.is_object())
                return Json::object();
            if (!line.contains("alive"))
                return line;
            ++m_signs_of_life;
        }
    }
    /// Waits for that many of them in all, while nothing else is said. False if they don't come.
    bool wait_for_signs_of_life(int count) {
        while (m_signs_of_life < count) {
            while (!m_process.canReadLine())
                if (!m_process.waitForReadyRead(patience_ms))
                    return false;
            m_signs_of_life += m_process.readLine().contains("alive") ? 1 : 0;
        }
        return true;
    }

    /// Its status once it has ended by itself; -1 if it was a signal or it lives on.
    int wait_for_end(int ms = patience_ms) {
        if (m_process.state() != QProcess::NotRunning && !m_process.waitForFinished(ms))
            return -1;
        return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
    }
    int close_input() {
        m_process.closeWriteChannel();
        return wait_for_end();
    }

private:
    QProcess m_process;
    Json m_hello;
    std::int64_t m_last_id = 0;
    int m_signs_of_life = 0;
};

/// A home folder with what the agent may read in it.
class AgentHome {
public:
    AgentHome() { QDir(m_folder.path()).mkpath(QStringLiteral(".cache/quantwright")); }

    QString path() const { return m_folder.path(); }
    static std::string inside(const char* name) { return std::string(".cache/quantwright/") + name; }
    std::string put(const char* name, const std::string& bytes) const {
        QFile file(path() + '/' + QString::fromStdString(inside(name)));
        if (!file.open(QIODevice::WriteOnly) ||
            file.write(bytes.data(), qint64(bytes.size())) != qint64(bytes.size()))
            qFatal("can't write %s", name);
        return inside(name);
    }
    /// Names in .cache/quantwright, all of them.
    QStringList names() const {
        return QDir(path() + QStringLiteral("/.cache/quantwright"))
            .entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDir::Name);
    }

private:
    QTemporaryDir m_folder;
};

}  // namespace quantwright::testing
