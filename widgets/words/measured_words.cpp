// What figures are of, in words.
#include <QCoreApplication>

#include "widgets/words/words.h"

namespace quantwright::words {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(Words)
};

}  // namespace

QString name(Arithmetic arithmetic) {
    switch (arithmetic) {
        case Arithmetic::simulated:
            return Tr::tr("simulated");
        case Arithmetic::file:
            return Tr::tr("file, default optimizations");
        case Arithmetic::file_off:
            return Tr::tr("file, optimizations off");
        case Arithmetic::board:
            return Tr::tr("on the board");
    }
    return {};
}

QString imagesOf(const MeasuredOn& on) {
    const QString source = QString::fromStdString(on.source);
    QString images =
        on.rule == ImageRule::spread
            ? Tr::tr("%1 of %2 images of %3, evenly spread").arg(on.images).arg(on.of).arg(source)
            : Tr::tr("%n image(s) of %1", nullptr, static_cast<int>(on.images)).arg(source);
    if (on.found <= on.of)
        return images;
    //: After the images: which ones of a folder were taken
    return on.seed ? Tr::tr("%1 (%2 of %3, shuffled with seed %4)")
                         .arg(images)
                         .arg(on.of)
                         .arg(on.found)
                         .arg(static_cast<qulonglong>(*on.seed))
                   : Tr::tr("%1 (the first %2 of %3)").arg(images).arg(on.of).arg(on.found);
}

QString shortlyMeasuredOn(const MeasuredOn& on, std::int64_t wanted) {
    if (on.images < wanted)
        return Tr::tr("%1 of %2 images so far, %3").arg(on.images).arg(wanted).arg(name(on.arithmetic));
    return Tr::tr("%n image(s), %1", nullptr, static_cast<int>(on.images)).arg(name(on.arithmetic));
}

QString measuredOn(const MeasuredOn& on) {
    return imagesOf(on) + QStringLiteral(" · ") + name(on.arithmetic);
}

}  // namespace quantwright::words
