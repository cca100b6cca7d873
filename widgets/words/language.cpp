#include "widgets/words/language.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>
#include <memory>

// Outside of any namespace, as the macro wants it: keeps the linker from leaving out the resources.
static void initTranslations() {
    Q_INIT_RESOURCE(translations);
}

namespace quantwright::words {

namespace {

struct Installed {
    QString language;
    std::unique_ptr<QTranslator> ours, qts;
};

Installed& installed() {
    static Installed instance;
    return instance;
}

std::unique_ptr<QTranslator> install(const QString& file, const QString& folder) {
    auto translator = std::make_unique<QTranslator>();
    if (!translator->load(file, folder))
        return nullptr;
    QCoreApplication::installTranslator(translator.get());
    return translator;
}

}  // namespace

QStringList languages() {
    return {QStringLiteral("en"), QStringLiteral("zh")};
}

QString systemLanguage() {
    for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const QString value = qEnvironmentVariable(variable);
        if (!value.isEmpty())
            return value.startsWith(QLatin1String("zh"), Qt::CaseInsensitive) ? QStringLiteral("zh")
                                                                              : QStringLiteral("en");
    }
    // Systems without these variables.
    return QLocale::system().language() == QLocale::Chinese ? QStringLiteral("zh") : QStringLiteral("en");
}

void setLanguage(const QString& language) {
    initTranslations();
    const bool chinese = language == QLatin1String("zh");
    Installed next;
    next.language = chinese ? QStringLiteral("zh") : QStringLiteral("en");
    const QString suffix = chinese ? QStringLiteral("zh_CN") : QStringLiteral("en");
    next.qts =
        install(QStringLiteral("qtbase_%1").arg(suffix), QLibraryInfo::path(QLibraryInfo::TranslationsPath));
    next.ours = install(QStringLiteral("quantwright_%1").arg(suffix), QStringLiteral(":/i18n"));
    // The old ones leave only now, so that no text is asked for in between; a QTranslator uninstalls itself.
    installed() = std::move(next);
}

QString currentLanguage() {
    return installed().language.isEmpty() ? QStringLiteral("en") : installed().language;
}

}  // namespace quantwright::words
