// How fast a 100 MB file goes to the board, against OpenSSH's sftp in the same run: directly, and through a
// relay that adds 5 ms each way. Needs the stand-in's facts in QUANTWRIGHT_BOARD and the relay's program in
// QUANTWRIGHT_RELAY (tests/board/fixture, tests/board/CMakeLists.txt).
#include <QtCore/QCoreApplication>
#include <QtCore/QRandomGenerator>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "core/board/sftp.h"
#include "core/board/upload.h"
#include "tests/board/board_connection.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

constexpr qint64 bytes = 100'000'000;
constexpr int rounds = 5;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Login and transfer, in seconds.
struct Times {
    double login = 0, transfer = 0;
};

bool ours(const Door& door, const QString& file, Times& times) {
    const auto start = std::chrono::steady_clock::now();
    const auto connection = door.open();
    if (!connection || !(*connection)->sftp())
        return false;
    times.login = seconds_since(start);
    const auto begin = std::chrono::steady_clock::now();
    const auto sent = upload(**connection, file.toStdString(), BoardFolder::samples, "", false);
    times.transfer = seconds_since(begin);
    if (!sent || sent->sent != static_cast<std::uint64_t>(bytes))
        return false;
    return (*connection)->sftp().value()->remove(sent->path).has_value();
}

double sftp(const Door& door, const QByteArray& commands) {
    QProcess process;
    const auto start = std::chrono::steady_clock::now();
    process.start(
        "sftp", {"-q", "-F", "none", "-i", door.facts()["key"], "-P",
                 QString::number(door.options.address.port), "-o", "IdentitiesOnly=yes", "-o",
                 "UserKnownHostsFile=" + door.known_hosts(), "-b", "-", door.facts()["user"] + "@127.0.0.1"});
    process.write(commands);
    process.closeWriteChannel();
    process.waitForFinished(-1);
    return process.exitCode() == 0 ? seconds_since(start) : -1;
}

bool theirs(const Door& door, const QString& file, Times& times) {
    times.login = sftp(door, "pwd\n");
    const double all = sftp(door, "put \"" + file.toUtf8() + "\" bench\n");
    sftp(door, "rm bench\n");
    times.transfer = all - times.login;
    return times.login >= 0 && all >= 0;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

bool compare(const char* name, const Door& door, const QString& file, double& their_direct) {
    std::vector<double> our_times, their_times;
    Times mine, other;
    for (int round = 0; round < rounds; ++round) {
        if (!ours(door, file, mine) || !theirs(door, file, other))
            return false;
        our_times.push_back(mine.transfer);
        their_times.push_back(other.transfer);
    }
    const double our_time = median(our_times), their_time = median(their_times);
    if (their_direct == 0)
        their_direct = their_time;
    constexpr double megabyte = 1e6;
    std::printf("%-14s ours %6.1f MB/s, sftp %6.1f MB/s, ratio %.2f, to sftp without the relay %.2f\n", name,
                bytes / our_time / megabyte, bytes / their_time / megabyte, their_time / our_time,
                their_direct / our_time);
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    const auto facts = board_facts();
    if (facts.contains("reason")) {
        std::printf("no board: %s\n", qPrintable(facts["reason"]));
        return 77;
    }
    const QTemporaryDir folder;
    const QString file = folder.filePath("random");
    QByteArray data(bytes, '\0');
    QRandomGenerator::global()->fillRange(reinterpret_cast<quint32*>(data.data()), bytes / 4);
    write_file(file, data);

    double their_direct = 0;
    Door door(facts);
    bool done = compare("direct", door, file, their_direct);
    const Relay relay({"forward", facts["port"], "--delay", "5"});
    door.go_through(relay.port());
    done = done && compare("5 ms each way", door, file, their_direct);
    if (!done)
        std::puts("a transfer failed");
    return done ? 0 : 1;
}
