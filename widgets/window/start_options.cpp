#include "widgets/window/start_options.h"

#include <QCommandLineParser>

#include "widgets/words/language.h"

namespace quantwright {
namespace {

void describe(QCommandLineParser& parser) {
    parser.setApplicationDescription(
        QCoreApplication::translate("quantwright::StartOptions", "A workbench for quantizing ONNX models."));
    parser.addPositionalArgument(
        QStringLiteral("file"),
        QCoreApplication::translate("quantwright::StartOptions",
                                    "Model (.onnx), project (.qwproj) or xslim file (.json) to open."),
        QStringLiteral("[MODEL|PROJECT|X.json]"));
    parser.addOption(
        {QStringLiteral("images"),
         QCoreApplication::translate("quantwright::StartOptions", "Calibration images: a folder or a list."),
         QStringLiteral("DIR")});
    parser.addOption({QStringLiteral("lang"),
                      QCoreApplication::translate("quantwright::StartOptions", "Language: zh or en."),
                      QStringLiteral("zh|en")});
    parser.addOption({QStringLiteral("sample"),
                      QCoreApplication::translate("quantwright::StartOptions", "Open the embedded sample.")});
    parser.addHelpOption();
    parser.addVersionOption();
}

}  // namespace

std::optional<StartOptions> parseStart(const QStringList& arguments, QString& message) {
    QCommandLineParser parser;
    describe(parser);
    if (!parser.parse(arguments)) {
        message = parser.errorText();
        return {};
    }
    StartOptions options;
    options.help = parser.isSet(QStringLiteral("help"));
    options.version = parser.isSet(QStringLiteral("version"));
    options.sample = parser.isSet(QStringLiteral("sample"));
    options.images = parser.value(QStringLiteral("images"));
    options.language = parser.value(QStringLiteral("lang"));
    const QStringList files = parser.positionalArguments();
    if (files.size() > 1) {
        message = QCoreApplication::translate("quantwright::StartOptions", "One file at a time.");
        return {};
    }
    options.file = files.value(0);
    if (!options.language.isEmpty() && !words::languages().contains(options.language)) {
        message = QCoreApplication::translate("quantwright::StartOptions", "The language is zh or en.");
        return {};
    }
    return options;
}

QString startHelp() {
    QCommandLineParser parser;
    describe(parser);
    return parser.helpText();
}

}  // namespace quantwright
