// The window's program.
#include <QApplication>
#include <QSettings>
#include <QTextStream>

#include "core/base/version.h"
#include "widgets/theme/theme.h"
#include "widgets/window/main_window.h"
#include "widgets/window/start_options.h"
#include "widgets/words/language.h"

int main(int argc, char** argv) {
    using namespace quantwright;
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("quantwright"));
    QApplication::setApplicationName(QStringLiteral("quantwright"));
    QApplication::setApplicationVersion(QString::fromLatin1(version));

    QString message;
    const auto options = parseStart(QApplication::arguments(), message);
    if (!options) {
        QTextStream(stderr) << message << Qt::endl;
        return 2;
    }
    if (options->help || options->version) {
        QTextStream(stdout) << (options->help
                                    ? startHelp()
                                    : QStringLiteral("quantwright %1\n").arg(QString::fromLatin1(version)));
        return 0;
    }
    const QSettings settings;
    Theme::instance().apply(static_cast<Theme::Mode>(settings.value(QStringLiteral("theme"), 0).toInt()));
    // What was asked for, else what was chosen last time, else the system's.
    const QString chosen = settings.value(QStringLiteral("language")).toString();
    words::setLanguage(!options->language.isEmpty() ? options->language
                       : !chosen.isEmpty()          ? chosen
                                                    : words::systemLanguage());

    MainWindow window;
    window.show();
    if (options->sample)
        window.workspace()->openSample();
    else if (!options->file.isEmpty())
        window.openPath(options->file, options->images);
    return QApplication::exec();
}
