#include "widgets/words/words.h"

#include <QCoreApplication>
#include <algorithm>

#include "widgets/words/sentences.h"

namespace quantwright::words {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(Words)
};

const Sentences* find(std::span<const Sentences> table, std::string_view code) {
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const Sentences& row) { return row.code == code; });
    return found == table.end() ? nullptr : &*found;
}

QStringList texts(const std::vector<std::string>& arguments) {
    QStringList result;
    for (const std::string& argument : arguments)
        result.append(QString::fromStdString(argument));
    return result;
}

const Sentences& sentencesFor(const Error& error) {
    // A test sees to it that every code of the catalogue has a row.
    const Sentences* found = find(errorSentences(), name_of(error.code));
    return found ? *found : *find(errorSentences(), "runtime.failed");
}

/// The problem's own row, else the error's of that name.
const Sentences* sentencesFor(const Problem& problem) {
    const Sentences* found = find(problemSentences(), problem.code);
    return found ? found : find(errorSentences(), problem.code);
}

QString plain(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

/// Why layers of an integer file keep another form (core/export/kept_pairs.h).
QString keptPairsReason(std::string_view reason) {
    if (reason == "codes")
        return Tr::tr("their codes have 16 or 4 bits, and the integer operators take 8");
    if (reason == "operator")
        return Tr::tr("ONNX Runtime has no integer operator for them");
    if (reason == "kernel")
        return Tr::tr("no integer kernel takes their formats together, or their float result is read, too");
    if (reason == "dynamic")
        return Tr::tr("they are quantized at run time (dynamic)");
    if (reason == "weight-only")
        return Tr::tr("their activations are float (weight-only)");
    return reason == "fp16" ? Tr::tr("they are FP16") : plain(reason);
}

/// Why an option of the command line does nothing (app/cli/unused_options.h).
QString unusedReason(std::string_view reason) {
    if (reason == "static")
        return Tr::tr("no layer has activations with ranges from calibration (mode static)");
    if (reason == "weights")
        return Tr::tr("no layer has quantized weights");
    if (reason == "blocks")
        return Tr::tr("no matrix product has its weights in blocks (granularity group)");
    if (reason == "data")
        return Tr::tr("there are no images or other data");
    return plain(reason);
}

/// Field paths and values among the arguments in words.
QStringList argumentsOf(const Problem& problem) {
    QStringList arguments = texts(problem.arguments);
    if (problem.code == "plan.target_refuses" && problem.arguments.size() >= 3)
        if (const auto field = find_field(problem.arguments[0])) {
            arguments[0] = name(*field);
            arguments[1] = value(*field, problem.arguments[1]);
            arguments[2] = value(*field, problem.arguments[2]);
        }
    if (problem.code == "export.kept_qdq" && arguments.size() >= 3)
        arguments[2] = keptPairsReason(problem.arguments[2]);
    if (problem.code == "option.unused" && !arguments.isEmpty())
        arguments[0] = unusedReason(problem.arguments[0]);
    return arguments;
}

}  // namespace

QString say(const Sentences& sentences, const char* text, const QString& subject,
            const QStringList& arguments) {
    if (!*text)
        return {};
    int count = -1;
    if (sentences.count_argument > 0 && sentences.count_argument <= arguments.size())
        count = arguments[sentences.count_argument - 1].toInt();
    QString pattern = QCoreApplication::translate("Words", text, nullptr, count);
    const bool begins_with_nobody = subject.isEmpty() && pattern.startsWith(QStringLiteral("“%1”"));
    if (subject.isEmpty() && sentences.nobody)
        pattern.replace(QStringLiteral("“%1”"), QCoreApplication::translate("Words", sentences.nobody));
    QString result;
    for (qsizetype i = 0; i < pattern.size(); ++i) {
        const bool place = pattern[i] == u'%' && i + 1 < pattern.size() && pattern[i + 1].isDigit();
        if (!place) {
            result += pattern[i];
            continue;
        }
        const int number = pattern[++i].digitValue();
        result += number == 1 ? subject : arguments.value(number - 2);
    }
    if (!result.isEmpty() && begins_with_nobody)
        result[0] = result[0].toUpper();
    return result;
}

QString message(const Error& error) {
    const Sentences& row = sentencesFor(error);
    const QString sentence = say(row, row.message, QString::fromStdString(error.subject), {});
    if (error.detail.empty())
        return sentence;
    //: A sentence, then what a library said, in its own words
    return Tr::tr("%1 (%2)").arg(sentence, QString::fromStdString(error.detail));
}

QString hint(const Error& error) {
    const Sentences& row = sentencesFor(error);
    return say(row, row.hint, QString::fromStdString(error.subject), {});
}

QString message(const Problem& problem) {
    const QString subject = QString::fromStdString(problem.layer);
    if (const Sentences* row = sentencesFor(problem))
        return say(*row, row->message, subject, argumentsOf(problem));
    QString facts = argumentsOf(problem).join(QStringLiteral(", "));
    if (!subject.isEmpty())
        facts = facts.isEmpty() ? subject : QStringLiteral("%1, %2").arg(subject, facts);
    const QString code = QString::fromStdString(problem.code);
    return facts.isEmpty() ? code : Tr::tr("%1 (%2)").arg(code, facts);
}

QString hint(const Problem& problem) {
    const Sentences* row = sentencesFor(problem);
    return row ? say(*row, row->hint, QString::fromStdString(problem.layer), argumentsOf(problem))
               : QString();
}

std::vector<std::string> problemCodes() {
    std::vector<std::string> codes;
    for (const Sentences& row : problemSentences())
        codes.emplace_back(row.code);
    return codes;
}

}  // namespace quantwright::words
