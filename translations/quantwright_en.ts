<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Cli</name>
    <message numerus="yes">
        <source>%1, %n core(s)</source>
        <translation>
            <numerusform>%1, %n core</numerusform>
            <numerusform>%1, %n cores</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more node(s); --json lists all</source>
        <translation>
            <numerusform>%n more node; --json lists all</numerusform>
            <numerusform>%n more nodes; --json lists all</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) skipped</source>
        <translation>
            <numerusform>%n file skipped</numerusform>
            <numerusform>%n files skipped</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) merged into %1</source>
        <translation>
            <numerusform>%n image merged into %1</numerusform>
            <numerusform>%n images merged into %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) at %1/s, peak memory %2</source>
        <translation>
            <numerusform>%n image at %1/s, peak memory %2</numerusform>
            <numerusform>%n images at %1/s, peak memory %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n output(s) with NaN or infinity</source>
        <translation>
            <numerusform>%n output with NaN or infinity</numerusform>
            <numerusform>%n outputs with NaN or infinity</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n file</numerusform>
            <numerusform>%n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>    %n more of this kind; --json lists all</source>
        <translation>
            <numerusform>    %n more of this kind; --json lists all</numerusform>
            <numerusform>    %n more of this kind; --json lists all</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Measured on %n random input(s), normally distributed: there were no images. The figures show which layers round most, not how accurate the model is.</source>
        <translation>
            <numerusform>Measured on %n random input, normally distributed: there were no images. The figures show which layers round most, not how accurate the model is.</numerusform>
            <numerusform>Measured on %n random inputs, normally distributed: there were no images. The figures show which layers round most, not how accurate the model is.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Measured on %n sample(s).</source>
        <translation>
            <numerusform>Measured on %n sample.</numerusform>
            <numerusform>Measured on %n samples.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>An earlier run did not end: its %n measurement(s) are used. --fresh measures anew.</source>
        <translation>
            <numerusform>An earlier run did not end: its %n measurement is used. --fresh measures anew.</numerusform>
            <numerusform>An earlier run did not end: its %n measurements are used. --fresh measures anew.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) give another result than float</source>
        <translation>
            <numerusform>%n image gives another result than float</numerusform>
            <numerusform>%n images give another result than float</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 → %2 on %n image(s) that it was not made from</source>
        <translation>
            <numerusform>%1 → %2 on %n image that it was not made from</numerusform>
            <numerusform>%1 → %2 on %n images that it was not made from</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more; --json lists all</source>
        <translation>
            <numerusform>%1 and %n more; --json lists all</numerusform>
            <numerusform>%1 and %n more; --json lists all</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>nearest is %1, with %n exception(s)</source>
        <translation>
            <numerusform>nearest is %1, with %n exception</numerusform>
            <numerusform>nearest is %1, with %n exceptions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Best so far: %n exception(s), %1, %2 %3</source>
        <translation>
            <numerusform>Best so far: %n exception, %1, %2 %3</numerusform>
            <numerusform>Best so far: %n exceptions, %1, %2 %3</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n point(s) were known from an earlier search of the same. --fresh measures anew.</source>
        <translation>
            <numerusform>%n point was known from an earlier search of the same. --fresh measures anew.</numerusform>
            <numerusform>%n points were known from an earlier search of the same. --fresh measures anew.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s) like this model&apos;s were not measured in float there: board deploy --profile with --against does that</source>
        <translation>
            <numerusform>%n layer like this model&apos;s was not measured in float there: board deploy --profile with --against does that</numerusform>
            <numerusform>%n layers like this model&apos;s were not measured in float there: board deploy --profile with --against does that</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n exception(s)</source>
        <translation>
            <numerusform>%n exception</numerusform>
            <numerusform>%n exceptions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message numerus="yes">
        <source>The weights of %n layer(s) are stored as uint8 with zero point 128: the same values, without loss.</source>
        <translation>
            <numerusform>The weights of %n layer are stored as uint8 with zero point 128: the same values, without loss.</numerusform>
            <numerusform>The weights of %n layers are stored as uint8 with zero point 128: the same values, without loss.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The weight scale of %n channel(s) was raised so that the int32 bias fits (layers concerned: %3).</source>
        <translation>
            <numerusform>The weight scale of %n channel was raised so that the int32 bias fits (layers concerned: %3).</numerusform>
            <numerusform>The weight scale of %n channels was raised so that the int32 bias fits (layers concerned: %3).</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>There are no images: the analysis ran on %n random input(s), normally distributed.</source>
        <translation>
            <numerusform>There are no images: the analysis ran on %n random input, normally distributed.</numerusform>
            <numerusform>There are no images: the analysis ran on %n random inputs, normally distributed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n quantize or dequantize node(s) of the model stay as they are; the first is “%3”.</source>
        <translation>
            <numerusform>%n quantize or dequantize node of the model stays as it is: “%3”.</numerusform>
            <numerusform>%n quantize or dequantize nodes of the model stay as they are; the first is “%3”.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s) or layer(s) can&apos;t be said in the file beside the model and are left out; the first is “%1”.</source>
        <translation>
            <numerusform>%n tensor or layer can&apos;t be said in the file beside the model and is left out: “%1”.</numerusform>
            <numerusform>%n tensors or layers can&apos;t be said in the file beside the model and are left out; the first is “%1”.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s) that only the prepared graph has are not in the calibration cache.</source>
        <translation>
            <numerusform>%n tensor that only the prepared graph has is not in the calibration cache.</numerusform>
            <numerusform>%n tensors that only the prepared graph has are not in the calibration cache.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s) of the .param file were found by their place in the network: their names differ from the model&apos;s.</source>
        <translation>
            <numerusform>%n layer of the .param file was found by its place in the network: its name differs from the model&apos;s.</numerusform>
            <numerusform>%n layers of the .param file were found by their place in the network: their names differ from the model&apos;s.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n convolution(s) of size 3 × 3 and stride 1 have 8-bit weights.</source>
        <translation>
            <numerusform>%n convolution of size 3 × 3 and stride 1 has 8-bit weights.</numerusform>
            <numerusform>%n convolutions of size 3 × 3 and stride 1 have 8-bit weights.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n quantized layer(s) are not said with integer operators and keep the form of a QDQ file: %4 (%3).</source>
        <translation>
            <numerusform>%n quantized layer is not said with integer operators and keeps the form of a QDQ file: %4 (%3).</numerusform>
            <numerusform>%n quantized layers are not said with integer operators and keep the form of a QDQ file: %4 (%3).</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The network is truncated at %3: %n layer(s) that these tensors don&apos;t need stay float (%4 % of the multiplications).</source>
        <translation>
            <numerusform>The network is truncated at %3: %n layer that these tensors don&apos;t need stays float (%4 % of the multiplications).</numerusform>
            <numerusform>The network is truncated at %3: %n layers that these tensors don&apos;t need stay float (%4 % of the multiplications).</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s) behind the last convolutions stay float (%3): “%1” joins “%5” (%6) and “%7” (%8), and one scale can&apos;t hold both.</source>
        <translation>
            <numerusform>%n layer behind the last convolutions stays float (%3): “%1” joins “%5” (%6) and “%7” (%8), and one scale can&apos;t hold both.</numerusform>
            <numerusform>%n layers behind the last convolutions stay float (%3): “%1” joins “%5” (%6) and “%7” (%8), and one scale can&apos;t hold both.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The range of %n tensor(s) with logits of scores reaches up to 4, a score of 0.98, although the calibration images have less: %3.</source>
        <translation>
            <numerusform>The range of %n tensor with logits of scores reaches up to 4, a score of 0.98, although the calibration images have less: %3.</numerusform>
            <numerusform>The ranges of %n tensors with logits of scores reach up to 4, a score of 0.98, although the calibration images have less: %3.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s) stay float (%3): “%1” ranks what they compute.</source>
        <translation>
            <numerusform>%n layer stays float (%3): “%1” ranks what it computes.</numerusform>
            <numerusform>%n layers stay float (%3): “%1” ranks what they compute.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s) behind the last convolutions stay float (%3): “%1” makes scores, and the calibration images have no good one.</source>
        <translation>
            <numerusform>%n layer behind the last convolutions stays float (%3): “%1” makes scores, and the calibration images have no good one.</numerusform>
            <numerusform>%n layers behind the last convolutions stay float (%3): “%1” makes scores, and the calibration images have no good one.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s) behind the last convolutions stay float (%3): “%1” and the others decode boxes.</source>
        <translation>
            <numerusform>%n layer behind the last convolutions stays float (%3): with “%1” it decodes boxes.</numerusform>
            <numerusform>%n layers behind the last convolutions stay float (%3): “%1” and the others decode boxes.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The file has the measured sizes instead of open dimensions: %n node(s) would not run on the target&apos;s provider otherwise; the first is “%1”.</source>
        <translation>
            <numerusform>The file has the measured sizes instead of open dimensions: %n node would not run on the target&apos;s provider otherwise: “%1”.</numerusform>
            <numerusform>The file has the measured sizes instead of open dimensions: %n nodes would not run on the target&apos;s provider otherwise; the first is “%1”.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Open dimensions keep %n node(s) off the target&apos;s provider; the first is “%1”.</source>
        <translation>
            <numerusform>Open dimensions keep %n node off the target&apos;s provider: “%1”.</numerusform>
            <numerusform>Open dimensions keep %n nodes off the target&apos;s provider; the first is “%1”.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) of %1</source>
        <translation>
            <numerusform>%n image of %1</numerusform>
            <numerusform>%n images of %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s), %1</source>
        <translation>
            <numerusform>%n image, %1</numerusform>
            <numerusform>%n images, %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::BoardErrors</name>
    <message numerus="yes">
        <source>%n layer(s) differ from the simulation.</source>
        <translation>
            <numerusform>%n layer differs from the simulation.</numerusform>
            <numerusform>%n layers differ from the simulation.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::BoardHistoryView</name>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%n run</numerusform>
            <numerusform>%n runs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::BoardResultView</name>
    <message numerus="yes">
        <source>%n core(s)</source>
        <translation>
            <numerusform>%n core</numerusform>
            <numerusform>%n cores</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Error: %n differ</source>
        <translation>
            <numerusform>Error: %n differs</numerusform>
            <numerusform>Error: %n differ</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Images: %n differ</source>
        <translation>
            <numerusform>Images: %n differs</numerusform>
            <numerusform>Images: %n differ</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::ChangeText</name>
    <message numerus="yes">
        <source>%n new</source>
        <comment>boxes</comment>
        <translation>
            <numerusform>%n new</numerusform>
            <numerusform>%n new</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n gone</source>
        <comment>boxes</comment>
        <translation>
            <numerusform>%n gone</numerusform>
            <numerusform>%n gone</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n moved</source>
        <comment>boxes</comment>
        <translation>
            <numerusform>%n moved</numerusform>
            <numerusform>%n moved</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::CheckPage</name>
    <message numerus="yes">
        <source>%n core(s)</source>
        <translation>
            <numerusform>%n core</numerusform>
            <numerusform>%n cores</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::ComparePanel</name>
    <message numerus="yes">
        <source>This machine&apos;s kernels lose accuracy: SNR %1 with ONNX Runtime&apos;s optimizations, %2 without, on %n image(s). Store the weights as UINT8.</source>
        <translation>
            <numerusform>This machine&apos;s kernels lose accuracy: SNR %1 with ONNX Runtime&apos;s optimizations, %2 without, on %n image. Store the weights as UINT8.</numerusform>
            <numerusform>This machine&apos;s kernels lose accuracy: SNR %1 with ONNX Runtime&apos;s optimizations, %2 without, on %n images. Store the weights as UINT8.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::CostText</name>
    <message numerus="yes">
        <source>%n layer(s) measured</source>
        <translation>
            <numerusform>%n layer measured</numerusform>
            <numerusform>%n layers measured</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n estimated</source>
        <translation>
            <numerusform>%n estimated</numerusform>
            <numerusform>%n estimated</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unknown</source>
        <translation>
            <numerusform>%n unknown</numerusform>
            <numerusform>%n unknown</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::DeployPanel</name>
    <message numerus="yes">
        <source>Remove %n board(s) from the list?</source>
        <translation>
            <numerusform>Remove %n board from the list?</numerusform>
            <numerusform>Remove %n boards from the list?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::EditText</name>
    <message numerus="yes">
        <source>Leave out %n image(s)</source>
        <translation>
            <numerusform>Leave out %n image</numerusform>
            <numerusform>Leave out %n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Take in %n image(s)</source>
        <translation>
            <numerusform>Take in %n image</numerusform>
            <numerusform>Take in %n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n tensor(s)</source>
        <translation>
            <numerusform>%1 of %n tensor</numerusform>
            <numerusform>%1 of %n tensors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n layer(s)</source>
        <translation>
            <numerusform>%1 of %n layer</numerusform>
            <numerusform>%1 of %n layers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::GraphPanel</name>
    <message numerus="yes">
        <source>%n image(s), on the board with optimizations off</source>
        <translation>
            <numerusform>%n image, on the board with optimizations off</numerusform>
            <numerusform>%n images, on the board with optimizations off</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::GraphView</name>
    <message numerus="yes">
        <source>%n node(s), none selected</source>
        <translation>
            <numerusform>%n node, none selected</numerusform>
            <numerusform>%n nodes, none selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n node(s); at %1 %2</source>
        <translation>
            <numerusform>%n node; at %1 %2</numerusform>
            <numerusform>%n nodes; at %1 %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Stands for %n layer(s): Ctrl+G or the sign in the corner shows them</source>
        <translation>
            <numerusform>Stands for %n layer: Ctrl+G or the sign in the corner shows it</numerusform>
            <numerusform>Stands for %n layers: Ctrl+G or the sign in the corner shows them</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::HistogramPanel</name>
    <message numerus="yes">
        <source>%n channel(s)</source>
        <translation>
            <numerusform>%n channel</numerusform>
            <numerusform>%n channels</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::ImagesDialog</name>
    <message numerus="yes">
        <source>%n image(s) there</source>
        <translation>
            <numerusform>%n image there</numerusform>
            <numerusform>%n images there</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sample(s) there</source>
        <translation>
            <numerusform>%n sample there</numerusform>
            <numerusform>%n samples there</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::ImproveText</name>
    <message numerus="yes">
        <source>%1 on %n image(s) that it was not made from</source>
        <translation>
            <numerusform>%1 on %n image that it was not made from</numerusform>
            <numerusform>%1 on %n images that it was not made from</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::InspectorPanel</name>
    <message numerus="yes">
        <source>%n layer(s)</source>
        <translation>
            <numerusform>%n layer</numerusform>
            <numerusform>%n layers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s) selected</source>
        <translation>
            <numerusform>%n layer selected</numerusform>
            <numerusform>%n layers selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>… and %n more</source>
        <translation>
            <numerusform>… and %n more</numerusform>
            <numerusform>… and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Advanced: %n chosen here</source>
        <translation>
            <numerusform>Advanced: %n chosen here</numerusform>
            <numerusform>Advanced: %n chosen here</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n scale(s)</source>
        <translation>
            <numerusform>%n scale</numerusform>
            <numerusform>%n scales</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n part(s)</source>
        <translation>
            <numerusform>%n part</numerusform>
            <numerusform>%n parts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::LayerText</name>
    <message numerus="yes">
        <source>%1 of %n part(s) quantized</source>
        <translation>
            <numerusform>%1 of %n part quantized</numerusform>
            <numerusform>%1 of %n parts quantized</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::LogPanel</name>
    <message numerus="yes">
        <source>Calibrated on %n image(s) in %1 s</source>
        <translation>
            <numerusform>Calibrated on %n image in %1 s</numerusform>
            <numerusform>Calibrated on %n images in %1 s</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Evaluated on %n image(s)</source>
        <translation>
            <numerusform>Evaluated on %n image</numerusform>
            <numerusform>Evaluated on %n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Exported %1, %n entry(s)</source>
        <translation>
            <numerusform>Exported %1, %n entry</numerusform>
            <numerusform>Exported %1, %n entries</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::MainWindow</name>
    <message numerus="yes">
        <source>%n calibration image(s)</source>
        <translation>
            <numerusform>%n calibration image</numerusform>
            <numerusform>%n calibration images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>quantwright::StepStrip</name>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
</context>
</TS>
