#include "widgets/words/board_words.h"

#include <QCoreApplication>
#include <algorithm>
#include <span>

#include "widgets/words/sentences.h"

namespace quantwright::words {

namespace {

// “%1” and on are a reason's or point's arguments.
struct Row {
    std::string_view code;
    const char* message;
    const char* failed;  ///< of a point that is not fine
    const char* name;
};

constexpr Row reasons[] = {
    {"emulated",
     QT_TRANSLATE_NOOP("Words", "The board is emulated: its times say nothing about a real board."), nullptr,
     nullptr},
    // {governor}
    {"governor",
     QT_TRANSLATE_NOOP("Words",
                       "The clock is governed by “%1” instead of “performance”: it may change between runs."),
     nullptr, nullptr},
    // {MHz, MHz before or at most}
    {"throttled",
     QT_TRANSLATE_NOOP("Words",
                       "The processor ran at %1 MHz instead of %2 MHz at the end: it was throttled."),
     nullptr, nullptr},
    // {degrees}
    {"hot", QT_TRANSLATE_NOOP("Words", "The processor is at %1 °C: it may be throttled soon."), nullptr,
     nullptr},
    // {processors}
    {"busy", QT_TRANSLATE_NOOP("Words", "Other programs used %1 processors during the measurement."), nullptr,
     nullptr},
    // {per cent}
    {"spread",
     QT_TRANSLATE_NOOP(
         "Words", "The runs spread more than what is to be told apart: the median is known to ±%1 % only."),
     nullptr, nullptr},
    // {runs}
    {"few_runs", QT_TRANSLATE_NOOP("Words", "Only %1 runs were timed: too few to say how they spread."),
     nullptr, nullptr},
};

constexpr Row points[] = {
    // {address}
    {"login", QT_TRANSLATE_NOOP("Words", "Logged in as %1."), QT_TRANSLATE_NOOP("Words", "No login as %1."),
     QT_TRANSLATE_NOOP("Words", "Login")},
    {"sftp", QT_TRANSLATE_NOOP("Words", "Files can be sent (SFTP)."),
     QT_TRANSLATE_NOOP("Words", "Files can't be sent: the SSH server has no SFTP."),
     QT_TRANSLATE_NOOP("Words", "File transfer")},
    // {uname -m}
    {"arch", QT_TRANSLATE_NOOP("Words", "There is an agent for %1."),
     QT_TRANSLATE_NOOP("Words", "There is no agent for “%1” in this installation."),
     QT_TRANSLATE_NOOP("Words", "Architecture")},
    // failed: {what the board said}
    {"agent", QT_TRANSLATE_NOOP("Words", "The agent runs."),
     QT_TRANSLATE_NOOP("Words", "The agent could not be sent or started: %1"),
     QT_TRANSLATE_NOOP("Words", "Agent")},
    // {MB}
    {"memory", QT_TRANSLATE_NOOP("Words", "%1 MB of memory are free."),
     QT_TRANSLATE_NOOP("Words", "Only %1 MB of memory are free: without the desktop there would be more."),
     QT_TRANSLATE_NOOP("Words", "Memory")},
    // {MB}
    {"disk", QT_TRANSLATE_NOOP("Words", "%1 MB of disk are free."),
     QT_TRANSLATE_NOOP("Words", "Only %1 MB of disk are free."), QT_TRANSLATE_NOOP("Words", "Disk")},
    // {version, path}; failed: {path asked for or board}
    {"runtime", QT_TRANSLATE_NOOP("Words", "ONNX Runtime %1: %2"),
     QT_TRANSLATE_NOOP("Words", "No ONNX Runtime of version 1.14 or newer was found (%1)."),
     QT_TRANSLATE_NOOP("Words", "ONNX Runtime")},
    // {path}
    {"provider", QT_TRANSLATE_NOOP("Words", "SpacemiT's execution provider: %1"),
     QT_TRANSLATE_NOOP(
         "Words",
         "SpacemiT's execution provider is missing or broken: the AI instructions would stay unused."),
     QT_TRANSLATE_NOOP("Words", "Execution provider")},
    // {governor}
    {"governor", QT_TRANSLATE_NOOP("Words", "The processor runs at its full clock (%1)."),
     QT_TRANSLATE_NOOP("Words", "The clock is governed by “%1”: measurements vary."),
     QT_TRANSLATE_NOOP("Words", "Clock")},
};

const Row* find(std::span<const Row> table, std::string_view code) {
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const Row& row) { return row.code == code; });
    return found == table.end() ? nullptr : &*found;
}

QString said(const char* text, const std::string& code, const std::vector<std::string>& arguments) {
    QStringList texts;
    for (const std::string& argument : arguments)
        texts.append(QString::fromStdString(argument));
    if (!text)
        return QString::fromStdString(code);
    // %1 is the subject there.
    return say({code, text, "", nullptr}, text, texts.value(0), texts.mid(1));
}

}  // namespace

QString message(const TrustReason& reason) {
    const Row* row = find(reasons, reason.code);
    return said(row ? row->message : nullptr, reason.code, reason.arguments);
}

QString message(const BoardPoint& point) {
    const Row* row = find(points, point.code);
    return said(!row ? nullptr : point.ok ? row->message : row->failed, point.code, point.arguments);
}

QString name(const BoardPoint& point) {
    const Row* row = find(points, point.code);
    return row ? QCoreApplication::translate("Words", row->name) : QString::fromStdString(point.code);
}

}  // namespace quantwright::words
