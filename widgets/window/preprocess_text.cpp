#include "widgets/window/preprocess_text.h"

#include <QCoreApplication>
#include <QStringList>

namespace quantwright {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(quantwright::Preprocess)
};

QString size_text(Size size) {
    return QStringLiteral("%1×%2").arg(size.height).arg(size.width);
}

QString numbers(const std::vector<double>& values) {
    QStringList texts;
    for (const double value : values)
        texts << QString::number(value, 'g', 5);
    return texts.join(QStringLiteral(", "));
}

QString filter_text(ResizeFilter filter) {
    switch (filter) {
        case ResizeFilter::pillow_bilinear:
            return Tr::tr("bilinear, antialiased");
        case ResizeFilter::pillow_bicubic:
            return Tr::tr("bicubic, antialiased");
        case ResizeFilter::area:
            return Tr::tr("area");
        case ResizeFilter::linear:
            return Tr::tr("linear");
        case ResizeFilter::nearest:
            return Tr::tr("nearest");
    }
    return {};
}

}  // namespace

QString preprocessText(const Preprocess& preprocess) {
    QStringList steps;
    const QString filter = filter_text(preprocess.filter);
    switch (preprocess.color) {
        case ColorFormat::rgb:
            steps << QStringLiteral("RGB");
            break;
        case ColorFormat::bgr:
            steps << QStringLiteral("BGR");
            break;
        case ColorFormat::gray:
            steps << Tr::tr("grey");
            break;
        case ColorFormat::rgba:
            steps << QStringLiteral("RGBA");
            break;
        case ColorFormat::bgra:
            steps << QStringLiteral("BGRA");
            break;
    }
    switch (preprocess.resize) {
        case ResizeMode::none:
            break;
        case ResizeMode::short_side:
            steps << Tr::tr("short side to %1 (%2)").arg(preprocess.size.height).arg(filter);
            break;
        case ResizeMode::stretch:
            steps << Tr::tr("stretched to %1 (%2)").arg(size_text(preprocess.size), filter);
            break;
        case ResizeMode::letterbox:
            steps << Tr::tr("fitted into %1 (%2)").arg(size_text(preprocess.size), filter);
            break;
    }
    if (preprocess.pad != std::array<int, 4>{0, 0, 0, 0})
        steps << Tr::tr("padded by %1, %2, %3, %4")
                     .arg(preprocess.pad[0])
                     .arg(preprocess.pad[1])
                     .arg(preprocess.pad[2])
                     .arg(preprocess.pad[3]);
    if (preprocess.crop)
        steps << Tr::tr("centre %1").arg(size_text(*preprocess.crop));
    steps << Tr::tr("scale %1, mean %2, std %3")
                 .arg(QString::number(preprocess.scale, 'g', 4), numbers(preprocess.mean),
                      numbers(preprocess.std));
    return steps.join(QStringLiteral(" → "));
}

}  // namespace quantwright
