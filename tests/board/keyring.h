#pragma once
// A real Secret Service for tests: gnome-keyring on a session bus of its own, with a home of its own.
#include <csignal>

#include <sys/prctl.h>

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QDirIterator>
#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusConnectionInterface>
#include <QtTest/QTest>

namespace quantwright::testing {

/// Ends with the test's process, however that ends, and not before: libsecret ends a program whose bus goes.
inline void start_daemon(QProcess& process, const QString& program, const QStringList& arguments) {
    process.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
    process.start(program, arguments);
    process.waitForStarted();
}

class Keyring {
public:
    enum class Lock { open, locked };

    /// Why there can be none; empty if there can.
    static QString missing() {
        for (const char* program : {"dbus-daemon", "gnome-keyring-daemon"})
            if (QStandardPaths::findExecutable(program).isEmpty())
                return QStringLiteral("%1 is not installed").arg(program);
        // Some machines do not let it have what it needs, memory that is not swapped for one.
        if (Keyring trial; !trial.start(Lock::open))
            return QStringLiteral("gnome-keyring-daemon does not start on this machine");
        return {};
    }

    /// A bus, and nothing on it: neither services that it would start, nor a display to ask on.
    Keyring() {
        m_environment = QProcessEnvironment::systemEnvironment();
        for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "GNOME_KEYRING_CONTROL"})
            m_environment.remove(name);
        m_environment.insert("HOME", home());
        for (const char* name : {"XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"}) {
            const QString folder = home() + '/' + QString::fromLatin1(name).toLower();
            QDir().mkpath(folder);
            QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
            m_environment.insert(name, folder);
        }
        QFile configuration(m_folder.filePath("bus.conf"));
        if (!configuration.open(QIODevice::WriteOnly))
            return;
        // No raw string: moc would lose its way.
        const QString text = QStringLiteral(
            "<!DOCTYPE busconfig PUBLIC '-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN'"
            " 'http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd'>\n"
            "<busconfig><type>session</type><listen>unix:path=%1</listen><auth>EXTERNAL</auth>"
            "<policy context='default'><allow send_destination='*' eavesdrop='true'/><allow "
            "eavesdrop='true'/><allow own='*'/></policy></busconfig>\n");
        configuration.write(text.arg(bus_path()).toUtf8());
        configuration.close();
        m_bus.setProcessEnvironment(m_environment);
        start_daemon(m_bus, "dbus-daemon", {"--nofork", "--config-file=" + configuration.fileName()});
        (void)QTest::qWaitFor([&] { return QFile::exists(bus_path()); }, 60000);
        m_environment.insert("DBUS_SESSION_BUS_ADDRESS", "unix:path=" + bus_path());
    }
    ~Keyring() {
        stop();
        m_bus.kill();
        m_bus.waitForFinished();
    }
    Keyring(const Keyring&) = delete;
    Keyring& operator=(const Keyring&) = delete;

    [[nodiscard]] const QProcessEnvironment& environment() const { return m_environment; }
    [[nodiscard]] QString home() const { return m_folder.filePath("home"); }

    /// The test's own process uses it from now on, and what it starts.
    void adopt() const { adopt({"DBUS_SESSION_BUS_ADDRESS"}); }
    /// And has its home: not where a stand-in is started, which lives in the user's cache.
    void move_in() const {
        adopt({"DBUS_SESSION_BUS_ADDRESS", "HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME",
               "XDG_CACHE_HOME"});
    }

    /// Lock::locked: with the keyring of an earlier start.
    bool start(Lock lock) {
        m_service.setProcessEnvironment(m_environment);
        QStringList arguments{"--foreground", "--components=secrets"};
        if (lock == Lock::open)
            arguments.append("--unlock");
        start_daemon(m_service, "gnome-keyring-daemon", arguments);
        m_service.write("the keyring's own password");
        m_service.closeWriteChannel();
        return QTest::qWaitFor([&] { return serving() || m_service.state() == QProcess::NotRunning; },
                               60000) &&
               serving();
    }
    void stop() {
        go_on();
        m_service.kill();
        m_service.waitForFinished();
        (void)QTest::qWaitFor([&] { return !serving(); }, 60000);
    }
    /// It hangs, until go_on().
    void freeze() const { signal(SIGSTOP); }
    void go_on() const { signal(SIGCONT); }

    /// Files that hold these bytes, in any of the ways they could have been written.
    [[nodiscard]] QStringList files_with(const QString& secret) const {
        QStringList found;
        const QByteArray utf16(reinterpret_cast<const char*>(secret.utf16()), secret.size() * 2);
        QDirIterator files(m_folder.path(), QDir::Files | QDir::Hidden | QDir::System,
                           QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            if (!QFileInfo(file).isFile() || !file.open(QIODevice::ReadOnly))
                continue;
            const QByteArray bytes = file.readAll();
            if (bytes.contains(secret.toUtf8()) || bytes.contains(utf16) ||
                bytes.contains(secret.toUtf8().toBase64()))
                found.append(file.fileName());
        }
        return found;
    }

private:
    void adopt(const QStringList& names) const {
        for (const QString& name : names)
            qputenv(name.toLatin1(), m_environment.value(name).toLocal8Bit());
    }
    [[nodiscard]] QString bus_path() const { return m_folder.filePath("bus"); }
    [[nodiscard]] bool serving() const {
        static int count = 0;
        const QString name = QStringLiteral("test %1").arg(count++);
        bool registered = false;
        {
            const QDBusConnection bus = QDBusConnection::connectToBus("unix:path=" + bus_path(), name);
            registered = bus.isConnected() && bus.interface()->isServiceRegistered("org.freedesktop.secrets");
        }
        QDBusConnection::disconnectFromBus(name);
        return registered;
    }
    void signal(int number) const {
        if (m_service.processId() > 0)
            ::kill(static_cast<pid_t>(m_service.processId()), number);
    }

    QTemporaryDir m_folder;
    QProcessEnvironment m_environment;
    QProcess m_bus, m_service;
};

}  // namespace quantwright::testing
