<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
 <context>
  <name>Coverloom</name>
  <message>
   <source>'auto' is cross-entropy for pixels and binary cross-entropy for patches. 'focal' dwells on what is hard, 'dice' is half cross-entropy and half overlap; 'cross_entropy' for patches expects one class each. Of a number 'auto' is 'mse', the squared error; 'huber' follows single far-out values less.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'auto' looks: power is never below 0, dB nearly always is. Where the model wants the other one, it is converted.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'balanced' lets each class count alike, 'median' less strongly so. Rare classes are then found more often, and wrongly found more often. Where there is a number to learn, only 'none' goes.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'byte' scales the continuous layers to 0..254, which takes a quarter of the space.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'cosine' rises over the first tenth and then falls; 'plateau' halves after two validations without a better one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'cuda' needs an NVIDIA GPU and the tier map-gpu, and fails without. 'auto' takes the GPU where it works, else the processor, and says which.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'cuda' needs an NVIDIA GPU and the tier train-gpu, and fails without. 'auto' takes the GPU where it works.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'exact' computes in 32 bits. 'fast' computes in bfloat16 on processors with AMX or AVX512-BF16 and in half precision on a GPU: whole maps took little more than a third of the processor time with AMX, two thirds with AVX512-BF16 alone, and nearly every pixel has the same class (the doctor measures both). Without such a device it says so and computes exactly.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'exists' looks for the files, in an object store with one listing a scene; 'header' also reads them and checks their form and place; 'pixels' also looks for values that cannot be: all zero, NaN, unknown codes.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'small' is for a demonstration in minutes, 'medium' for training a model worth comparing.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>16 bits</source>
   <translation>16 Bit</translation>
  </message>
  <message>
   <source>19 classes, in alphabetical order</source>
   <translation>19 Klassen, alphabetisch geordnet</translation>
  </message>
  <message>
   <source>19 classes, in the order of version 1</source>
   <translation>19 Klassen, in der Ordnung der Version 1</translation>
  </message>
  <message>
   <source>32 bits</source>
   <translation>32 Bit</translation>
  </message>
  <message>
   <source>43 classes of version 1</source>
   <translation>43 Klassen der Version 1</translation>
  </message>
  <message>
   <source>A .keras file, the folder of a training run, or a .onnx with its card.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A JSON card, or a model file whose card to take, for a Keras file that carries none and has no model file beside it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A Python file whose functions, marked with @layer() from coverloom.engine.layers.own, take the probabilities (K, h, w) and return (h, w) numbers. The file is run in the worker with your rights: use only files you trust. It gets one part of the raster after the other, so a pixel's value may depend on that pixel alone.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A Python file whose functions, marked with @layer() from coverloom.engine.layers.own, take the probabilities (K, h, w) and the bands and return (h, w) numbers. The file is run in the worker with your rights: use only files you trust. It gets one part of the raster after the other, so a pixel's value may depend on that pixel alone.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A SAFE folder, its zip (which is read in place), a folder of files with B02, B03, … in their names, or a BigEarthNet patch; all of these also as s3:// addresses, zips also as https://, SAFE folders as https:// where the server lists its files. One product only.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A class for every pixel (from the reference map), for the whole patch (several at once), both, or none.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A folder for each tile: class, maximum probability, entropy and gap, legend, preview and report.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A folder of SAFE folders, their zips, folders of bands, and rasters with named bands, or the s3:// address of one; the results go to a disk.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A footprint is kept if its standard error is below this share of its biomass, in per cent. Footprints without biomass never pass.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A footprint is left out if its surroundings are steeper.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A model file (.onnx) with a card, or its s3:// or https:// address, of classes: one that gives a number is refused, for the table and the viewer are of classes. 'Import a model' makes one from any ONNX file.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A model file (.onnx) with a card, or its s3:// or https:// address. 'Import a model' makes one from any ONNX file.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A new folder with &lt;layer&gt;.tif for each layer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A new or empty folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A raster whose values are classes, or a polygon layer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A scene may be so many days before or after the footprint.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A small picture of the class map.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Accuracy (pixels)</source>
   <translation>Genauigkeit (Pixel)</translation>
  </message>
  <message>
   <source>Added after the scale. One number, or one a band; 0 if empty.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Address</source>
   <translation>Adresse</translation>
  </message>
  <message>
   <source>Address of a Dask scheduler, such as tcp://host:8786; empty for this machine.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Address of a Dask scheduler, such as tcp://host:8786; empty to work on this machine.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Address of a Dask scheduler; empty for this machine.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Agreement beyond chance.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Algorithms of Coverloom</source>
   <translation>Algorithmen von Coverloom</translation>
  </message>
  <message>
   <source>All 44 of CORINE Land Cover</source>
   <translation>Alle 44 von CORINE Land Cover</translation>
  </message>
  <message>
   <source>All algorithms</source>
   <translation>Alle Algorithmen</translation>
  </message>
  <message>
   <source>All figures as JSON.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>All files</source>
   <translation>Alle Dateien</translation>
  </message>
  <message>
   <source>All numbers of the page, and the problems, as JSON.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Also gather the distributions of measurements.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Applies a model to one or more rasters, chunk by chunk, and writes the most probable class of every pixel with layers that say how sure it is; a model that gives a number, such as biomass, is mapped as one layer of it, VALUE. Where the input has no data, the maps have none. The size of the raster does not matter for memory, and the size of the chunks does not matter for the map. Rasters of other resolutions or CRS are brought to the grid of the finest one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Architecture</source>
   <translation>Architektur</translation>
  </message>
  <message>
   <source>Archive</source>
   <translation>Archiv</translation>
  </message>
  <message>
   <source>Around each footprint reads 32 x 32 pixels of 10 m from the least cloudy Sentinel-2 scene in which the surroundings can be seen, from the Copernicus DEM (altitude and slope) and from ESA WorldCover, all on one grid, and draws the footprint's biomass on it. Catalogues are searched once for each cell of one degree and thirty days. Footprints that cannot be used are listed in log.jsonl with the reason. Run it again after an interruption: finished files are kept.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>As published</source>
   <translation>Wie veröffentlicht</translation>
  </message>
  <message>
   <source>As the metadata say</source>
   <translation>Wie in den Metadaten</translation>
  </message>
  <message>
   <source>As usual for the format</source>
   <translation>Wie beim Format üblich</translation>
  </message>
  <message>
   <source>At random</source>
   <translation>Zufällig</translation>
  </message>
  <message>
   <source>Automatic</source>
   <translation>Automatisch</translation>
  </message>
  <message>
   <source>Average over eight views</source>
   <translation>Über acht Ansichten mitteln</translation>
  </message>
  <message>
   <source>Average precision of all classes and patches taken together.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Average precision, macro (patches)</source>
   <translation>Mittlere Präzision, makro (Patches)</translation>
  </message>
  <message>
   <source>Average precision, micro (patches)</source>
   <translation>Mittlere Präzision, mikro (Patches)</translation>
  </message>
  <message>
   <source>Averages the probabilities over the eight turned and mirrored views of every window. Takes eight times as long.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Band names separated by commas, or one of the sets all, s1, s2, rgb, six (B02, B03, B04, B08, VV, VH). Empty for all fourteen.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Bands (empty: all)</source>
   <translation>Bänder (leer: alle)</translation>
  </message>
  <message>
   <source>Bands, empty for all</source>
   <translation>Bänder, leer für alle</translation>
  </message>
  <message>
   <source>Bands, in the model's order</source>
   <translation>Bänder, in der Reihenfolge des Modells</translation>
  </message>
  <message>
   <source>Bands, or all, s1, s2, rgb, six</source>
   <translation>Bänder, oder all, s1, s2, rgb, six</translation>
  </message>
  <message>
   <source>Batch size</source>
   <translation>Stapelgröße</translation>
  </message>
  <message>
   <source>Batch size (0: auto)</source>
   <translation>Stapelgröße (0: automatisch)</translation>
  </message>
  <message>
   <source>Best model</source>
   <translation>Bestes Modell</translation>
  </message>
  <message>
   <source>Best model for Keras</source>
   <translation>Bestes Modell für Keras</translation>
  </message>
  <message>
   <source>Best score on the validation split</source>
   <translation>Bester Wert auf dem Validierungsteil</translation>
  </message>
  <message>
   <source>Bias, predicted less observed (numbers)</source>
   <translation>Verzerrung, vorhergesagt minus beobachtet (Zahlen)</translation>
  </message>
  <message>
   <source>Bilinear</source>
   <translation>Bilinear</translation>
  </message>
  <message>
   <source>Binary cross-entropy</source>
   <translation>Binäre Kreuzentropie</translation>
  </message>
  <message>
   <source>Both</source>
   <translation>Beides</translation>
  </message>
  <message>
   <source>Build a GEDI biomass dataset</source>
   <translation>GEDI-Biomasse-Datensatz erstellen</translation>
  </message>
  <message>
   <source>Build a new environment even if a complete one is there. The old one stays until the new one works.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Build again even if it is complete</source>
   <translation>Neu aufbauen, auch wenn sie vollständig ist</translation>
  </message>
  <message>
   <source>Builds the Python environment in which Coverloom computes.</source>
   <translation>Richtet die Python-Umgebung ein, in der Coverloom rechnet.</translation>
  </message>
  <message>
   <source>By blocks on the ground</source>
   <translation>Nach Blöcken am Boden</translation>
  </message>
  <message>
   <source>By country</source>
   <translation>Nach Ländern</translation>
  </message>
  <message>
   <source>By the median frequency, less strongly so</source>
   <translation>Nach der mittleren Häufigkeit, weniger stark</translation>
  </message>
  <message>
   <source>CSV files as published, separated by commas: one patch name, or Sentinel-2 and Sentinel-1 name, a row; their own names say train, val or test.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Card</source>
   <translation>Steckbrief</translation>
  </message>
  <message>
   <source>Card (*.json *.onnx)</source>
   <translation>Steckbrief (*.json *.onnx)</translation>
  </message>
  <message>
   <source>Card (*.json)</source>
   <translation>Steckbrief (*.json)</translation>
  </message>
  <message>
   <source>Card as JSON</source>
   <translation>Steckbrief als JSON</translation>
  </message>
  <message>
   <source>Catalogue</source>
   <translation>Katalog</translation>
  </message>
  <message>
   <source>Catalogue of Sentinel-2 scenes</source>
   <translation>Katalog der Sentinel-2-Szenen</translation>
  </message>
  <message>
   <source>Catalogue of WorldCover, if another</source>
   <translation>Katalog von WorldCover, falls ein anderer</translation>
  </message>
  <message>
   <source>Catalogue of the DEM, if another</source>
   <translation>Katalog des Höhenmodells, falls ein anderer</translation>
  </message>
  <message>
   <source>Checks the files of an index: that they exist; that shape, type, CRS, place and nodata are right; or that the pixels make sense. The report names each faulty file and what is wrong with it. Beside it lies a GeoPackage, its name ending in '_checked', with all checked patches to look at on the map.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Chip size in px</source>
   <translation>Größe der Chips in px</translation>
  </message>
  <message>
   <source>Chips in a shard</source>
   <translation>Chips je Teildatei</translation>
  </message>
  <message>
   <source>Chips with a smaller share of labelled pixels are left out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Chips written</source>
   <translation>Geschriebene Chips</translation>
  </message>
  <message>
   <source>Chips written.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose a file</source>
   <translation>Datei wählen</translation>
  </message>
  <message>
   <source>Choose a folder</source>
   <translation>Ordner wählen</translation>
  </message>
  <message>
   <source>Chunk size in px (0: auto)</source>
   <translation>Größe der Blöcke in px (0: automatisch)</translation>
  </message>
  <message>
   <source>Class</source>
   <translation>Klasse</translation>
  </message>
  <message>
   <source>Class legend</source>
   <translation>Legende der Klassen</translation>
  </message>
  <message>
   <source>Class names with their ids and colours as JSON.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Class weights</source>
   <translation>Klassengewichte</translation>
  </message>
  <message>
   <source>Classes of the product's scene classification that become nodata: 0 nodata, 1 saturated, 2 dark, 3 shadow, 4 vegetation, 5 bare, 6 water, 7 unclassified, 8 and 9 cloud, 10 cirrus, 11 snow.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Classes, in the model's order</source>
   <translation>Klassen, in der Reihenfolge des Modells</translation>
  </message>
  <message>
   <source>Classify a Sentinel-2 scene</source>
   <translation>Sentinel-2-Szene klassifizieren</translation>
  </message>
  <message>
   <source>Classify a raster</source>
   <translation>Raster klassifizieren</translation>
  </message>
  <message>
   <source>Classify a raster…</source>
   <translation>Raster klassifizieren…</translation>
  </message>
  <message>
   <source>Classify many tiles</source>
   <translation>Viele Kacheln klassifizieren</translation>
  </message>
  <message>
   <source>Cloud cover below, per cent</source>
   <translation>Bewölkung unter, Prozent</translation>
  </message>
  <message>
   <source>Cloud cover that the catalogue states, in per cent.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Cloud cover, per cent</source>
   <translation>Bewölkung, Prozent</translation>
  </message>
  <message>
   <source>Cohen's kappa (pixels)</source>
   <translation>Cohens Kappa (Pixel)</translation>
  </message>
  <message>
   <source>Collection</source>
   <translation>Sammlung</translation>
  </message>
  <message>
   <source>Collection of DEM tiles</source>
   <translation>Sammlung der Höhenkacheln</translation>
  </message>
  <message>
   <source>Collection of WorldCover tiles</source>
   <translation>Sammlung der WorldCover-Kacheln</translation>
  </message>
  <message>
   <source>Collection of scenes</source>
   <translation>Sammlung der Szenen</translation>
  </message>
  <message>
   <source>Combine GEDI granules</source>
   <translation>GEDI-Granulen zusammenführen</translation>
  </message>
  <message>
   <source>Combines granules, takes subsets, extracts windows and fuses them into train.h5, validation.h5 and test.h5 with one dataset card. Give a table instead of granules to start later. The folder 'tables' keeps the tables and pictures, 'batches' the files before fusing, with a log of the footprints left out. Run it again after an interruption: finished files are kept.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Compression</source>
   <translation>Kompression</translation>
  </message>
  <message>
   <source>Computes further layers from stored class probabilities, without the model.</source>
   <translation>Berechnet weitere Layer aus gespeicherten Klassenwahrscheinlichkeiten, ohne das Modell.</translation>
  </message>
  <message>
   <source>Computes in bfloat16, faster where the processor or GPU has it. Weights and results stay float32.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Constant</source>
   <translation>Konstant</translation>
  </message>
  <message>
   <source>Convert a dataset</source>
   <translation>Datensatz umwandeln</translation>
  </message>
  <message>
   <source>Converted dataset</source>
   <translation>Umgewandelter Datensatz</translation>
  </message>
  <message>
   <source>Coverloom computes outside QGIS, in a Python environment of its own. This builds it, in your data folder, from exact package versions with checksums. It is needed once, and again after an update that changes those versions. QGIS's own Python is not touched. An environment that is already complete is left as it is.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Create sample data</source>
   <translation>Beispieldaten erzeugen</translation>
  </message>
  <message>
   <source>Crops in px (0: automatic)</source>
   <translation>Ausschnitte in px (0: automatisch)</translation>
  </message>
  <message>
   <source>Cross-entropy</source>
   <translation>Kreuzentropie</translation>
  </message>
  <message>
   <source>Cubic</source>
   <translation>Kubisch</translation>
  </message>
  <message>
   <source>Curves, scores of each class, confusion matrix (of a number: predicted against observed), and some patches with what the network says.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Cuts Sentinel-2, terrain and land cover around each footprint.</source>
   <translation>Schneidet Sentinel-2, Gelände und Landbedeckung um jeden Footprint aus.</translation>
  </message>
  <message>
   <source>Cuts any rasters, with labels from a raster or polygons, into a training dataset.</source>
   <translation>Schneidet beliebige Raster, mit Labels aus einem Raster oder Polygonen, zu einem Trainingsdatensatz.</translation>
  </message>
  <message>
   <source>Cuts the rasters into square chips on a grid from the first raster's upper left corner, and writes them with the class of every pixel. Polygons are burnt where they cover a pixel's centre; a later polygon lies over an earlier one. Pixels without data or label get 255, and chips with neither are left out. What a raster does not cover has no data there; a band of opacity masks the others. Classes are called as the field's values, or as the label raster's category names (&lt;raster&gt;.aux.xml), else by their numbers.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Dask scheduler</source>
   <translation>Dask-Scheduler</translation>
  </message>
  <message>
   <source>Data type</source>
   <translation>Datentyp</translation>
  </message>
  <message>
   <source>Dataset</source>
   <translation>Datensatz</translation>
  </message>
  <message>
   <source>Dataset card</source>
   <translation>Steckbrief des Datensatzes</translation>
  </message>
  <message>
   <source>Dataset to calibrate and compare on</source>
   <translation>Datensatz zum Kalibrieren und Vergleichen</translation>
  </message>
  <message>
   <source>Datasets</source>
   <translation>Datensätze</translation>
  </message>
  <message>
   <source>Day</source>
   <translation>Tag</translation>
  </message>
  <message>
   <source>Day of acquisition.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Decibels</source>
   <translation>Dezibel</translation>
  </message>
  <message>
   <source>Degrees</source>
   <translation>Grad</translation>
  </message>
  <message>
   <source>Degrees, or per cent (metres up for 100 metres along); also of the slope that is stored.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Delete a patch's files once it has been written, read back and compared equal. Only pairs that the official metadata name, only on this machine's disk.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Delete sources once written</source>
   <translation>Quellen nach dem Schreiben löschen</translation>
  </message>
  <message>
   <source>Derive layers</source>
   <translation>Layer ableiten</translation>
  </message>
  <message>
   <source>Describe a dataset</source>
   <translation>Datensatz beschreiben</translation>
  </message>
  <message>
   <source>Describe a model</source>
   <translation>Modell beschreiben</translation>
  </message>
  <message>
   <source>Deviation, one or one a band</source>
   <translation>Standardabweichung, eine oder eine je Band</translation>
  </message>
  <message>
   <source>Device</source>
   <translation>Gerät</translation>
  </message>
  <message>
   <source>Doctor</source>
   <translation>Diagnose</translation>
  </message>
  <message>
   <source>Doctor…</source>
   <translation>Diagnose…</translation>
  </message>
  <message>
   <source>Draw where and when footprints lie</source>
   <translation>Ort und Zeit der Footprints zeichnen</translation>
  </message>
  <message>
   <source>Each band is divided by it. One number, or one a band; 1 if empty.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Each class counts alike</source>
   <translation>Jede Klasse zählt gleich</translation>
  </message>
  <message>
   <source>Empty: the environment built here</source>
   <translation>Leer: die hier eingerichtete Umgebung</translation>
  </message>
  <message>
   <source>English names separated by commas; empty for all.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Entropy</source>
   <translation>Entropie</translation>
  </message>
  <message>
   <source>Epochs</source>
   <translation>Epochen</translation>
  </message>
  <message>
   <source>Epochs between validations</source>
   <translation>Epochen zwischen Validierungen</translation>
  </message>
  <message>
   <source>Evaluate a model</source>
   <translation>Modell bewerten</translation>
  </message>
  <message>
   <source>Every pixel of the raster</source>
   <translation>Jedes Pixel des Rasters</translation>
  </message>
  <message>
   <source>Exact, in 32 bits</source>
   <translation>Genau, in 32 Bit</translation>
  </message>
  <message>
   <source>Execution provider</source>
   <translation>Ausführungs-Provider</translation>
  </message>
  <message>
   <source>Execution provider that was active in the test inference.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Expected calibration error (pixels)</source>
   <translation>Erwarteter Kalibrierungsfehler (Pixel)</translation>
  </message>
  <message>
   <source>Export a dataset</source>
   <translation>Datensatz exportieren</translation>
  </message>
  <message>
   <source>Export a model to ONNX</source>
   <translation>Modell nach ONNX exportieren</translation>
  </message>
  <message>
   <source>Export chips</source>
   <translation>Chips exportieren</translation>
  </message>
  <message>
   <source>Expressions, one 'name = expression' a line</source>
   <translation>Ausdrücke, einer je Zeile: 'Name = Ausdruck'</translation>
  </message>
  <message>
   <source>Extent</source>
   <translation>Ausdehnung</translation>
  </message>
  <message>
   <source>Extract windows around GEDI footprints</source>
   <translation>Fenster um GEDI-Footprints ausschneiden</translation>
  </message>
  <message>
   <source>F1 of all classes and patches taken together at a threshold of 0.5.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>F1, macro (patches)</source>
   <translation>F1, makro (Patches)</translation>
  </message>
  <message>
   <source>F1, micro (patches)</source>
   <translation>F1, mikro (Patches)</translation>
  </message>
  <message>
   <source>FIELD is {!r}, which the layer {!r} has not. Its fields: {}.</source>
   <translation>FIELD ist {!r}, das hat der Layer {!r} nicht. Seine Felder: {}.</translation>
  </message>
  <message>
   <source>Factor on the number of channels: 0.5 is about a quarter of the work.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Fast, in 16 bits where the device can</source>
   <translation>Schnell, in 16 Bit, wo das Gerät es kann</translation>
  </message>
  <message>
   <source>Fetch a scene</source>
   <translation>Szene holen</translation>
  </message>
  <message>
   <source>Fetches the least cloudy Sentinel-2 scene of an area and a time.</source>
   <translation>Holt die am wenigsten bewölkte Sentinel-2-Szene eines Gebiets und einer Zeit.</translation>
  </message>
  <message>
   <source>Field with the class, for polygons</source>
   <translation>Feld mit der Klasse, bei Polygonen</translation>
  </message>
  <message>
   <source>Figures as JSON</source>
   <translation>Kennzahlen als JSON</translation>
  </message>
  <message>
   <source>Files that 'Extract windows around GEDI footprints' wrote, or their folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Files written</source>
   <translation>Geschriebene Dateien</translation>
  </message>
  <message>
   <source>Files written; those that were right already are not counted.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>File…</source>
   <translation>Datei…</translation>
  </message>
  <message>
   <source>Finds the model's bands in a Sentinel-2 product by their names, each at its own resolution, brings them to the 10 m grid (or the model's 20 or 60 m), and turns the stored numbers into those that the model was trained on: the offset of baseline 04.00 and later is added, as the product says. A product of level L1C is refused unless the units of the model's bands say TOA or L1C. 0 is nodata. Then it maps them as 'Classify a raster' does.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>First day (YYYY-MM-DD)</source>
   <translation>Erster Tag (JJJJ-MM-TT)</translation>
  </message>
  <message>
   <source>First day, such as 2021-06-01.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Flags that must be 1</source>
   <translation>Kennzeichen, die 1 sein müssen</translation>
  </message>
  <message>
   <source>Flip and turn at random</source>
   <translation>Zufällig spiegeln und drehen</translation>
  </message>
  <message>
   <source>Focal</source>
   <translation>Fokal</translation>
  </message>
  <message>
   <source>Folder for HDF5 files</source>
   <translation>Ordner für HDF5-Dateien</translation>
  </message>
  <message>
   <source>Folder for LAYERS, EXPRESSIONS and what LAYERS_FILE computes: &lt;layer&gt;.tif each. Give it together with them.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder for further layers</source>
   <translation>Ordner für weitere Layer</translation>
  </message>
  <message>
   <source>Folder for pictures</source>
   <translation>Ordner für Bilder</translation>
  </message>
  <message>
   <source>Folder for pictures of the distribution before and after.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder for pictures of where and when footprints lie, before and after.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder for the labels</source>
   <translation>Ordner für die Labels</translation>
  </message>
  <message>
   <source>Folder for the layers</source>
   <translation>Ordner für die Layer</translation>
  </message>
  <message>
   <source>Folder for the new files; empty to put them into the archive.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder in which the archive was unpacked (BigEarthNet-S2, BigEarthNet-S1, Reference_Maps), or an s3:// address.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder of Sentinel-1 if it does not lie in the archive's folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder of a dataset. int8 is calibrated on some of its training patches; the agreement is measured on others, of the test split if there is one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder of the HDF5 files, one for each batch.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder of the archive, or an s3:// address.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder of the dataset, which holds dataset.json.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder of the dataset, with its dataset.json, or an s3:// address.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder of the dataset, with its dataset.json.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder of the dataset.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder of the reference maps if it does not lie in the archive's folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder of the run</source>
   <translation>Ordner des Laufs</translation>
  </message>
  <message>
   <source>Folder of tiles</source>
   <translation>Ordner mit Kacheln</translation>
  </message>
  <message>
   <source>Folder of wheels (no network)</source>
   <translation>Ordner mit Wheels (ohne Netz)</translation>
  </message>
  <message>
   <source>Folder of wheels to install from. With it, no network is used.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder that a training writes, or a folder of such folders.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder with a dataset.json, as 'Export a dataset' or 'Build a GEDI biomass dataset' writes it, in any form.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Folder…</source>
   <translation>Ordner…</translation>
  </message>
  <message>
   <source>Footprints</source>
   <translation>Footprints</translation>
  </message>
  <message>
   <source>Footprints extracted</source>
   <translation>Ausgeschnittene Footprints</translation>
  </message>
  <message>
   <source>Footprints for testing</source>
   <translation>Footprints zum Testen</translation>
  </message>
  <message>
   <source>Footprints for training</source>
   <translation>Footprints zum Trainieren</translation>
  </message>
  <message>
   <source>Footprints in a file</source>
   <translation>Footprints je Datei</translation>
  </message>
  <message>
   <source>Footprints in one HDF5 file, which is what is repeated after an interruption.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Footprints in the dataset.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Footprints left out; the logs say why.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Footprints rejected</source>
   <translation>Verworfene Footprints</translation>
  </message>
  <message>
   <source>Footprints selected</source>
   <translation>Ausgewählte Footprints</translation>
  </message>
  <message>
   <source>Footprints with a window.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Footprints without one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>For models that classify whole patches: 'pixel' blends overlapping patches into a value for every pixel, 'stride' gives one pixel for every step from patch to patch. OVERLAP is then how many px neighbouring patches share; -1 means half a patch.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>For polygons: name of the field that holds the class. Empty for a raster.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Form and place as well</source>
   <translation>Auch Form und Ort</translation>
  </message>
  <message>
   <source>Format</source>
   <translation>Format</translation>
  </message>
  <message>
   <source>From GEDI granules to a biomass dataset in one.</source>
   <translation>Von GEDI-Granulen zu einem Biomasse-Datensatz in einem Zug.</translation>
  </message>
  <message>
   <source>From files</source>
   <translation>Aus Dateien</translation>
  </message>
  <message>
   <source>Further layers, as in second_class,margin_of_doubt</source>
   <translation>Weitere Layer, etwa second_class,margin_of_doubt</translation>
  </message>
  <message>
   <source>Fuse HDF5 files</source>
   <translation>HDF5-Dateien verschmelzen</translation>
  </message>
  <message>
   <source>Fused file</source>
   <translation>Verschmolzene Datei</translation>
  </message>
  <message>
   <source>GEDI L4A granules, or folders of them</source>
   <translation>GEDI-L4A-Granulen oder Ordner davon</translation>
  </message>
  <message>
   <source>GEDI L4A granules; files and folders. Not needed where tables are given.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>GEDI's footprints come in bursts. This takes a given number so that no day of the year has much more than its share, and fills up from where there are more if some days have too few.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>GPUs at once (0: all)</source>
   <translation>GPUs zugleich (0: alle)</translation>
  </message>
  <message>
   <source>Gap between the first two</source>
   <translation>Abstand der ersten beiden</translation>
  </message>
  <message>
   <source>Generates a scene and an archive to try Coverloom with.</source>
   <translation>Erzeugt eine Szene und ein Archiv zum Ausprobieren von Coverloom.</translation>
  </message>
  <message>
   <source>Generates, and says so in its metadata, a Sentinel-2 and Sentinel-1 like scene with clouds and a nodata border, and a BigEarthNet v2 archive in the official layout. Nothing is downloaded. The same seed gives the same data.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>GeoPackage (*.gpkg)</source>
   <translation>GeoPackage (*.gpkg)</translation>
  </message>
  <message>
   <source>GeoPackage (*.gpkg);;CSV with semicolons (*.csv);;GeoParquet (*.parquet)</source>
   <translation>GeoPackage (*.gpkg);;CSV mit Semikolon (*.csv);;GeoParquet (*.parquet)</translation>
  </message>
  <message>
   <source>GeoPackage (*.gpkg);;GeoJSON (*.geojson)</source>
   <translation>GeoPackage (*.gpkg);;GeoJSON (*.geojson)</translation>
  </message>
  <message>
   <source>GeoParquet (*.parquet)</source>
   <translation>GeoParquet (*.parquet)</translation>
  </message>
  <message>
   <source>Gives an ONNX file from elsewhere a card, or takes in a published BigEarthNet model.</source>
   <translation>Gibt einer fremden ONNX-Datei einen Steckbrief, oder übernimmt ein veröffentlichtes BigEarthNet-Modell.</translation>
  </message>
  <message>
   <source>Go on with an interrupted run</source>
   <translation>Unterbrochenen Lauf fortsetzen</translation>
  </message>
  <message>
   <source>Go on with an unfinished run</source>
   <translation>Unfertigen Lauf fortsetzen</translation>
  </message>
  <message>
   <source>Go on with what an earlier run with the same settings finished. Finished shards are verified and kept; patches that failed are tried again. Other settings are refused.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>HDF5 file (*.h5)</source>
   <translation>HDF5-Datei (*.h5)</translation>
  </message>
  <message>
   <source>HDF5 files, or folders of them</source>
   <translation>HDF5-Dateien oder Ordner davon</translation>
  </message>
  <message>
   <source>HTML file (*.html)</source>
   <translation>HTML-Datei (*.html)</translation>
  </message>
  <message>
   <source>Half cross-entropy, half overlap</source>
   <translation>Halb Kreuzentropie, halb Überlappung</translation>
  </message>
  <message>
   <source>Halve where it gets no better</source>
   <translation>Halbieren, wo es nicht besser wird</translation>
  </message>
  <message>
   <source>Help</source>
   <translation>Hilfe</translation>
  </message>
  <message>
   <source>Help on Coverloom</source>
   <translation>Hilfe zu Coverloom</translation>
  </message>
  <message>
   <source>How 20 m and 60 m bands come to 10 m.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How addresses are signed before they are read; auto signs for Planetary Computer only.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How closely</source>
   <translation>Wie genau</translation>
  </message>
  <message>
   <source>How far the probabilities are from the accuracy, on average.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How high a patch's right classes rank, 1 at best.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How many</source>
   <translation>Wie viele</translation>
  </message>
  <message>
   <source>How many GPUs of this machine share each batch.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How many footprints it has.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How many footprints the training table has.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How many have none. If no tile has any, the run itself fails, with the reason and the places of the table and the viewer, which are written all the same.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How many patches to calibrate on, and how many others to compare on.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How many px around a chunk the model also sees. -1 takes what the model's receptive field asks; less is faster and leaves traces at the seams.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How many the test table has.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How many tiles have maps.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How many to take; all, if there are fewer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How the other rasters come onto the first one's grid.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>If a batch does not fit</source>
   <translation>Wenn ein Stapel nicht passt</translation>
  </message>
  <message>
   <source>If a file does not fit</source>
   <translation>Wenn eine Datei nicht passt</translation>
  </message>
  <message>
   <source>If the folder holds a run with the same settings, go on with it; with other settings it is refused.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Import a model</source>
   <translation>Modell importieren</translation>
  </message>
  <message>
   <source>Index a BigEarthNet archive</source>
   <translation>BigEarthNet-Archiv erfassen</translation>
  </message>
  <message>
   <source>Input parameters</source>
   <translation>Eingaben</translation>
  </message>
  <message>
   <source>Install one (Debian and Ubuntu: python3-venv; where the system's Python is newer: uv python install 3.{}), or name one in {}.</source>
   <translation>Installieren Sie eines (Debian und Ubuntu: python3-venv; wo das Python des Systems neuer ist: uv python install 3.{}), oder nennen Sie eines in {}.</translation>
  </message>
  <message>
   <source>Its last log lines are above; if memory ran short, lower MAX_MEMORY_MB or CHUNK_SIZE.</source>
   <translation>Seine letzten Protokollzeilen stehen oben; falls der Speicher knapp wurde, verkleinern Sie MAX_MEMORY_MB oder CHUNK_SIZE.</translation>
  </message>
  <message>
   <source>JSON file (*.json)</source>
   <translation>JSON-Datei (*.json)</translation>
  </message>
  <message>
   <source>JSON file with the card, or part of it. A model that gives a number needs one: its target (name, unit, nodata, mean, std) stands there instead of classes, as in the CARD that 'Describe a model' writes.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Keep only footprints in these polygons.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Keep only footprints in this rectangle.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Keep only shots taken with the sun below the horizon, which have less noise.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Keep only shots whose degrade_flag is 0.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Keep the files that an earlier run with the same settings finished.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Keep the probabilities of all classes</source>
   <translation>Wahrscheinlichkeiten aller Klassen behalten</translation>
  </message>
  <message>
   <source>Keeps a journal beside CLASS (or VALUE) while it runs. If the run is cancelled or killed, the same request goes on where it was; the map is the same to the byte. A request with other settings, another model or a changed input, also one at an address, is refused until the journal is deleted.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Keeps a journal beside each tile's class map while it runs. If the run is cancelled or killed, the same request goes on where it was; the map is the same to the byte. A request with other settings, another model or a changed input, also one at an address, is refused until the journal is deleted.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Keras file (*.keras)</source>
   <translation>Keras-Datei (*.keras)</translation>
  </message>
  <message>
   <source>Keras file, run folder or model file</source>
   <translation>Keras-Datei, Ordner eines Laufs oder Modelldatei</translation>
  </message>
  <message>
   <source>Keras or model file (*.keras *.onnx)</source>
   <translation>Keras- oder Modelldatei (*.keras *.onnx)</translation>
  </message>
  <message>
   <source>Label ranking average precision (patches)</source>
   <translation>Mittlere Präzision der Label-Rangfolge (Patches)</translation>
  </message>
  <message>
   <source>Labels</source>
   <translation>Labels</translation>
  </message>
  <message>
   <source>Labels (raster or polygons)</source>
   <translation>Labels (Raster oder Polygone)</translation>
  </message>
  <message>
   <source>Last day (YYYY-MM-DD)</source>
   <translation>Letzter Tag (JJJJ-MM-TT)</translation>
  </message>
  <message>
   <source>Last day, included.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Layers of your own, one 'name = expression' a line, computed for every pixel: p[3] or p["Arable land"] is the probability of a class, B08 (or band["name"]) a band in the unit of the model's card; + - * / ** %, &lt; &lt;= &gt; &gt;= == !=, and, or, not; sum, mean, min, max (of several values, or over all classes: max(p)), abs, sqrt, exp, log, log10, floor, ceil, where(condition, a, b). Nothing else is allowed, so an expression cannot run code. Where there is no map, the layer is NaN.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Layers of your own, one 'name = expression' a line, computed for every pixel: p[3] or p["Arable land"] is the probability of a class; + - * / ** %, &lt; &lt;= &gt; &gt;= == !=, and, or, not; sum, mean, min, max (of several values, or over all classes: max(p)), abs, sqrt, exp, log, log10, floor, ceil, where(condition, a, b). Nothing else is allowed, so an expression cannot run code. Where there is no map, the layer is NaN.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Learning rate</source>
   <translation>Lernrate</translation>
  </message>
  <message>
   <source>Learning-rate schedule</source>
   <translation>Verlauf der Lernrate</translation>
  </message>
  <message>
   <source>Learns from the train split of a dataset, looks at the validation split after each epoch, and keeps the best network: as .onnx for maps, as .keras to work on. Bands are normalised by the dataset's statistics, which go into the model's card. Pixels without a label, or without a measurement, count for nothing. A dataset of GEDI footprints has a number to learn instead of classes, biomass in Mg/ha: the network then has one linear output in that unit, and is the best where its RMSE is smallest. The run's folder keeps the settings, history.csv, logs for TensorBoard, the last checkpoint and a report. A run that was stopped goes on after its last full epoch and ends as if it had not been stopped; Cancel keeps the best so far.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Least 0, greatest 1</source>
   <translation>Kleinster 0, größter 1</translation>
  </message>
  <message>
   <source>Least aboveground biomass density, Mg/ha.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Least beam sensitivity (0: any)</source>
   <translation>Mindestempfindlichkeit des Strahls (0: beliebig)</translation>
  </message>
  <message>
   <source>Least beam sensitivity, from 0 to 1; 0.95 is common in dense forest.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Least biomass, Mg/ha</source>
   <translation>Mindestens Biomasse, Mg/ha</translation>
  </message>
  <message>
   <source>Least free disk, GB</source>
   <translation>Mindestens freier Speicherplatz, GB</translation>
  </message>
  <message>
   <source>Least share of labelled pixels</source>
   <translation>Mindestanteil beschrifteter Pixel</translation>
  </message>
  <message>
   <source>Leave out degraded shots</source>
   <translation>Beeinträchtigte Schüsse auslassen</translation>
  </message>
  <message>
   <source>Leave out patches that the metadata, or the published lists, flag for cloud or shadow. An index that knows of none is refused.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Leave out patches that the metadata, or the published lists, flag for seasonal snow. An index that knows of none is refused.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Leave out patches with cloud or shadow</source>
   <translation>Patches mit Wolken oder Schatten auslassen</translation>
  </message>
  <message>
   <source>Leave out patches with snow</source>
   <translation>Patches mit Schnee auslassen</translation>
  </message>
  <message>
   <source>Leave out patches without files</source>
   <translation>Patches ohne Dateien auslassen</translation>
  </message>
  <message>
   <source>Leave out the four coverage beams, which are weaker.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Licence of the model</source>
   <translation>Lizenz des Modells</translation>
  </message>
  <message>
   <source>Lists an archive's patches: files, pairs, footprints, splits, labels.</source>
   <translation>Erfasst die Patches eines Archivs: Dateien, Paare, Footprints, Aufteilung, Labels.</translation>
  </message>
  <message>
   <source>Log</source>
   <translation>Protokoll</translation>
  </message>
  <message>
   <source>Log of rejected footprints</source>
   <translation>Protokoll verworfener Footprints</translation>
  </message>
  <message>
   <source>Look at every patch's measurements</source>
   <translation>Messwerte jedes Patches prüfen</translation>
  </message>
  <message>
   <source>Looks over the machine and the runtime, and tries an inference.</source>
   <translation>Prüft den Rechner und die Laufzeitumgebung und versucht eine Inferenz.</translation>
  </message>
  <message>
   <source>Loss</source>
   <translation>Verlustfunktion</translation>
  </message>
  <message>
   <source>Makes one HDF5 file of many, with a dataset card.</source>
   <translation>Macht aus vielen HDF5-Dateien eine, mit einem Steckbrief.</translation>
  </message>
  <message>
   <source>Makes the patch index, a GeoParquet table with one polygon a patch, from which datasets are exported. With the official metadata it takes pairs, splits, countries and labels from there. Without them it finds the patches and pairs Sentinel-1 with Sentinel-2 by tile, place and nearest date (version 2) or by the patches' own JSON (version 1). Patches that are no pair, or not beyond doubt, are listed with the reason, as are pairs whose labels cannot be read. No file of the archive is changed.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Maps</source>
   <translation>Karten</translation>
  </message>
  <message>
   <source>Maps and training, on an NVIDIA GPU</source>
   <translation>Karten und Training, auf einer NVIDIA-GPU</translation>
  </message>
  <message>
   <source>Maps and training, on the processor</source>
   <translation>Karten und Training, auf dem Prozessor</translation>
  </message>
  <message>
   <source>Maps every product or raster of a folder into a folder of its own, with the model loaded only once. A tile that fails is a line in the table and on the page, and never stops the rest. Tiles that an earlier run finished with the same request and input are kept. Beside the maps lie benchmark_report.csv, viewer.html (one file, offline) and a STAC collection.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Maps every tile of a folder, with a table of what each took and a page to look at them.</source>
   <translation>Kartiert jede Kachel eines Ordners, mit einer Tabelle des Aufwands und einer Seite zum Ansehen.</translation>
  </message>
  <message>
   <source>Maps land cover from a Sentinel-2 product as it was downloaded.</source>
   <translation>Kartiert die Landbedeckung aus einem Sentinel-2-Produkt, wie es heruntergeladen wurde.</translation>
  </message>
  <message>
   <source>Maps land cover, and how sure the map is of it, with a model.</source>
   <translation>Kartiert mit einem Modell die Landbedeckung, und wie sicher die Karte ist.</translation>
  </message>
  <message>
   <source>Maps, on an NVIDIA GPU</source>
   <translation>Karten, auf einer NVIDIA-GPU</translation>
  </message>
  <message>
   <source>Maps, on the processor</source>
   <translation>Karten, auf dem Prozessor</translation>
  </message>
  <message>
   <source>Mask (raster or polygons)</source>
   <translation>Maske (Raster oder Polygone)</translation>
  </message>
  <message>
   <source>Maximum probability</source>
   <translation>Höchste Wahrscheinlichkeit</translation>
  </message>
  <message>
   <source>Mean 0, deviation 1</source>
   <translation>Mittelwert 0, Abweichung 1</translation>
  </message>
  <message>
   <source>Mean F1 (pixels)</source>
   <translation>Mittleres F1 (Pixel)</translation>
  </message>
  <message>
   <source>Mean F1 of the classes at a threshold of 0.5.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Mean F1 of the classes in the truth.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Mean IoU (pixels)</source>
   <translation>Mittlere IoU (Pixel)</translation>
  </message>
  <message>
   <source>Mean IoU per pixel, or mean average precision per patch; of a number its RMSE, in its unit.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Mean absolute error (numbers)</source>
   <translation>Mittlerer absoluter Fehler (Zahlen)</translation>
  </message>
  <message>
   <source>Mean absolute error, likewise.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Mean and deviation of the training patches of this export, which are read once more for it, or the official ones of the archive's version.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Mean intersection over union of the classes in the truth.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Mean of predicted less observed.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Mean of the classes' average precisions.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Mean, one or one a band</source>
   <translation>Mittelwert, einer oder einer je Band</translation>
  </message>
  <message>
   <source>Measures how good a model is on the labels of a dataset.</source>
   <translation>Misst, wie gut ein Modell auf den Labels eines Datensatzes ist.</translation>
  </message>
  <message>
   <source>Medium, to compare models</source>
   <translation>Mittel, zum Vergleichen von Modellen</translation>
  </message>
  <message>
   <source>Megapixels a second in the test inference.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Memory limit in MB (0: auto)</source>
   <translation>Speichergrenze in MB (0: automatisch)</translation>
  </message>
  <message>
   <source>Memory that the run may use, in MB; 0 means 800.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Mixed precision (bfloat16)</source>
   <translation>Gemischte Genauigkeit (bfloat16)</translation>
  </message>
  <message>
   <source>Model (*.onnx *.safetensors *.index)</source>
   <translation>Modell (*.onnx *.safetensors *.index)</translation>
  </message>
  <message>
   <source>Model file</source>
   <translation>Modelldatei</translation>
  </message>
  <message>
   <source>Model file (*.onnx)</source>
   <translation>Modelldatei (*.onnx)</translation>
  </message>
  <message>
   <source>Model to try</source>
   <translation>Zu prüfendes Modell</translation>
  </message>
  <message>
   <source>Model to try the inference with. Without it a small built-in network is used.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Models</source>
   <translation>Modelle</translation>
  </message>
  <message>
   <source>More than 1 saves time where the validation split is large.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Most aboveground biomass density, Mg/ha; 0 for no limit.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Most biomass, Mg/ha (0: any)</source>
   <translation>Höchstens Biomasse, Mg/ha (0: beliebig)</translation>
  </message>
  <message>
   <source>Most days between footprint and scene</source>
   <translation>Höchstens Tage zwischen Footprint und Szene</translation>
  </message>
  <message>
   <source>Most days between the two images of a pair. In the official archive it is 6.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Most days in a pair</source>
   <translation>Höchstens Tage in einem Paar</translation>
  </message>
  <message>
   <source>Most probable class, with names and colours; 255 is nodata. A model of classes needs it; for one that gives a number it is left out, as MAXPROB, ENTROPY and GAP are.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Most slope</source>
   <translation>Größte Hangneigung</translation>
  </message>
  <message>
   <source>Most test footprints (0: all)</source>
   <translation>Höchstens Footprints zum Testen (0: alle)</translation>
  </message>
  <message>
   <source>Most training footprints (0: all)</source>
   <translation>Höchstens Footprints zum Trainieren (0: alle)</translation>
  </message>
  <message>
   <source>NVIDIA GPU</source>
   <translation>NVIDIA-GPU</translation>
  </message>
  <message>
   <source>Name a Python interpreter, or clear it.</source>
   <translation>Nennen Sie einen Python-Interpreter, oder leeren Sie sie.</translation>
  </message>
  <message>
   <source>Name of the collection of Copernicus DEM tiles.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Name of the collection of Sentinel-2 L2A scenes in the catalogue.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Name of the collection of WorldCover tiles.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Name of the nomenclature that the classes are of, such as ben19.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Names in the order in which the network gets them, such as B02,B03,B04,B08. What is mapped later must have all of them: leave out a GEDI dataset's altitude, slope and worldcover if your scenes lack them.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Names of built-in layers, separated by commas: class, maxprob, entropy, gap, second_class, margin_of_doubt.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Names of further built-in layers, separated by commas: second_class (the class that comes second), margin_of_doubt (1 minus the gap). They go into EXTRA.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Names of further built-in layers, separated by commas: second_class (the class that comes second), margin_of_doubt (1 minus the gap). They go into a folder of each tile's.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Names of the bands</source>
   <translation>Namen der Bänder</translation>
  </message>
  <message>
   <source>Names of the bands in the order of the model's channels, separated by commas, such as B02,B03,B04.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Names of the classes in the order of the model's outputs, separated by commas.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Names of the products it was made from.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Names such as B02, B03, in the order of the rasters' bands, separated by commas; empty to take the bands' own descriptions. Models find their bands by these names.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Names such as B02,B03,B04,SCL, separated by commas; empty for all that the scene has.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nearest neighbour</source>
   <translation>Nächster Nachbar</translation>
  </message>
  <message>
   <source>No 64-bit Python 3.11 to 3.13 with venv, or with uv, was found.</source>
   <translation>Kein 64-Bit-Python 3.11 bis 3.13 mit venv oder mit uv wurde gefunden.</translation>
  </message>
  <message>
   <source>Nomenclature</source>
   <translation>Nomenklatur</translation>
  </message>
  <message>
   <source>None</source>
   <translation>Keine</translation>
  </message>
  <message>
   <source>Now in use: {}</source>
   <translation>Derzeit in Gebrauch: {}</translation>
  </message>
  <message>
   <source>Number that the model gives</source>
   <translation>Zahl, die das Modell liefert</translation>
  </message>
  <message>
   <source>Numbers of 32 bits</source>
   <translation>Zahlen mit 32 Bit</translation>
  </message>
  <message>
   <source>ONNX file, or a published model's id or folder</source>
   <translation>ONNX-Datei, oder Kennung oder Ordner eines veröffentlichten Modells</translation>
  </message>
  <message>
   <source>ONNX opset, 0 for the usual one</source>
   <translation>ONNX-Opset, 0 für das übliche</translation>
  </message>
  <message>
   <source>Of every pixel</source>
   <translation>Für jedes Pixel</translation>
  </message>
  <message>
   <source>Of the patch</source>
   <translation>Für den Patch</translation>
  </message>
  <message>
   <source>Of the train split</source>
   <translation>Des Trainingsteils</translation>
  </message>
  <message>
   <source>Official metadata</source>
   <translation>Offizielle Metadaten</translation>
  </message>
  <message>
   <source>Offset instead of the product's own</source>
   <translation>Versatz statt dem des Produkts</translation>
  </message>
  <message>
   <source>Offset, one or one a band</source>
   <translation>Versatz, einer oder einer je Band</translation>
  </message>
  <message>
   <source>One band a class with its probability.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>One for each step between patches</source>
   <translation>Eines je Schritt zwischen Patches</translation>
  </message>
  <message>
   <source>One more raster a tile, with a band for each class; as 'byte' it is small, and asking one pixel for all classes is quick.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>One or more rasters. The first sets the grid; the others are brought onto it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>One raster with all bands, or several that have the bands together, layers, files, or s3:// and https:// addresses. Bands are found by their names (descriptions).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Only chips that lie wholly inside; empty for the whole raster.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Only full power beams</source>
   <translation>Nur Strahlen voller Leistung</translation>
  </message>
  <message>
   <source>Only needed where the bands have no usable names: model band = band number, counted over all rasters from 1, or = the name that the band has, such as B02=1,B03=2.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Only pixels inside the polygons, or where the mask raster is neither 0 nor nodata, are computed. Polygons are used with unsaved edits.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Only say what would be deleted</source>
   <translation>Nur sagen, was gelöscht würde</translation>
  </message>
  <message>
   <source>Only scenes with less cloud cover, in per cent.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Only scenes with less cloud cover, in per cent; the least cloudy is tried first.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Only shots at night</source>
   <translation>Nur Schüsse bei Nacht</translation>
  </message>
  <message>
   <source>Only these countries</source>
   <translation>Nur diese Länder</translation>
  </message>
  <message>
   <source>Only this part is computed. The maps cover the pixels that it touches.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Only where the product does not say its processing baseline, or says it wrongly: what is added to its stored numbers, such as -1000 since baseline 04.00.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Outputs</source>
   <translation>Ausgaben</translation>
  </message>
  <message>
   <source>Overlap in px (-1: auto)</source>
   <translation>Überlappung in px (-1: automatisch)</translation>
  </message>
  <message>
   <source>PNG picture (*.png)</source>
   <translation>PNG-Bild (*.png)</translation>
  </message>
  <message>
   <source>Pairs</source>
   <translation>Paare</translation>
  </message>
  <message>
   <source>Parquet file (*.parquet);;All files (*)</source>
   <translation>Parquet-Datei (*.parquet);;Alle Dateien (*)</translation>
  </message>
  <message>
   <source>Passes over the train split.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Patch index</source>
   <translation>Patch-Index</translation>
  </message>
  <message>
   <source>Patches</source>
   <translation>Patches</translation>
  </message>
  <message>
   <source>Patches at once</source>
   <translation>Patches auf einmal</translation>
  </message>
  <message>
   <source>Patches checked</source>
   <translation>Geprüfte Patches</translation>
  </message>
  <message>
   <source>Patches in a shard</source>
   <translation>Patches je Teildatei</translation>
  </message>
  <message>
   <source>Patches in a shard: what is written, verified and resumed as one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Patches in one inference; fewer take less memory.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Patches shown as pictures</source>
   <translation>Als Bilder gezeigte Patches</translation>
  </message>
  <message>
   <source>Patches shown as pictures.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Patches that are no pair</source>
   <translation>Patches, die kein Paar sind</translation>
  </message>
  <message>
   <source>Patches that could not be written; the log says why.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Patches that failed</source>
   <translation>Fehlgeschlagene Patches</translation>
  </message>
  <message>
   <source>Patches that were checked.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Patches to calibrate on</source>
   <translation>Patches zum Kalibrieren</translation>
  </message>
  <message>
   <source>Patches with a missing or bad file.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Patches with faults</source>
   <translation>Fehlerhafte Patches</translation>
  </message>
  <message>
   <source>Patches written</source>
   <translation>Geschriebene Patches</translation>
  </message>
  <message>
   <source>Patches written.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Path of the dataset card.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Path of the environment's Python.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Path of the log: one line of JSON for each rejected footprint.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Path of the test file.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Path of the training file.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Path, or an address such as s3://bucket/name</source>
   <translation>Pfad oder Adresse wie s3://bucket/name</translation>
  </message>
  <message>
   <source>Patience (0: never stop early)</source>
   <translation>Geduld (0: nie vorzeitig aufhören)</translation>
  </message>
  <message>
   <source>Per cent</source>
   <translation>Prozent</translation>
  </message>
  <message>
   <source>Pixel of patch models</source>
   <translation>Pixel von Patch-Modellen</translation>
  </message>
  <message>
   <source>Pixel size of the raster, in metres; coarser bands are interpolated.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Pixel size, metres</source>
   <translation>Pixelgröße, Meter</translation>
  </message>
  <message>
   <source>Pixels as well</source>
   <translation>Auch die Pixel</translation>
  </message>
  <message>
   <source>Plain encoder-decoder</source>
   <translation>Einfacher Encoder-Decoder</translation>
  </message>
  <message>
   <source>Port on 127.0.0.1; 0 takes any that is free.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Port, 0 for any</source>
   <translation>Port, 0 für einen beliebigen</translation>
  </message>
  <message>
   <source>Power</source>
   <translation>Leistung</translation>
  </message>
  <message>
   <source>Precision</source>
   <translation>Genauigkeit</translation>
  </message>
  <message>
   <source>Preview</source>
   <translation>Vorschau</translation>
  </message>
  <message>
   <source>Probabilities of all classes</source>
   <translation>Wahrscheinlichkeiten aller Klassen</translation>
  </message>
  <message>
   <source>Probability of that class, 0 to 1.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Probability of the first class minus that of the second: small where two classes compete.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Processes that work at the same time; 0 for one a core.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Processes, 0 for all cores</source>
   <translation>Prozesse, 0 für alle Kerne</translation>
  </message>
  <message>
   <source>Processes; 0 for all cores.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Processes; 0 for all cores. One is best where tiles are large: it uses all cores for each, with the model kept warm.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Processor</source>
   <translation>Prozessor</translation>
  </message>
  <message>
   <source>Products</source>
   <translation>Produkte</translation>
  </message>
  <message>
   <source>Published models of all backbones</source>
   <translation>Veröffentlichte Modelle aller Bauarten</translation>
  </message>
  <message>
   <source>Published version</source>
   <translation>Veröffentlichte Version</translation>
  </message>
  <message>
   <source>Python file (*.py)</source>
   <translation>Python-Datei (*.py)</translation>
  </message>
  <message>
   <source>Python file with layers</source>
   <translation>Python-Datei mit Layern</translation>
  </message>
  <message>
   <source>Python interpreter</source>
   <translation>Python-Interpreter</translation>
  </message>
  <message>
   <source>Quality flags of the granule that must be 1 for a footprint to be kept; none of them to keep all.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>R2 (numbers)</source>
   <translation>R2 (Zahlen)</translation>
  </message>
  <message>
   <source>Raster with a band a class. The classes' names are taken from the file, or from its bands' descriptions.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rasters</source>
   <translation>Raster</translation>
  </message>
  <message>
   <source>Rasters with the model's bands</source>
   <translation>Raster mit den Bändern des Modells</translation>
  </message>
  <message>
   <source>Reads a dataset and writes the same patches in another form. Values, classes, splits and statistics stay the same to the last bit.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Reads every beam of GEDI L4A granules (V2.1, HDF5, or ZIP with one inside), keeps footprints whose quality flags are 1 and whose relative standard error is low enough, and writes one table for training years and one for test years, in random order. As GeoPackage or GeoParquet the footprints open in QGIS as points. No granule is changed.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Reads the patches of an index, brings 20 m and 60 m bands to 10 m, turns CORINE codes into classes, deals patches into splits, and writes them as shards of one split each, with a card (dataset.json) that says everything needed to use them. A bad patch never stops the run: it is a line in the log, with the reason. A run that was stopped goes on where it was.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ready to work</source>
   <translation>Bereit</translation>
  </message>
  <message>
   <source>Reference maps, if elsewhere</source>
   <translation>Referenzkarten, falls anderswo</translation>
  </message>
  <message>
   <source>Reflectance</source>
   <translation>Reflexionsgrad</translation>
  </message>
  <message>
   <source>Region (polygons)</source>
   <translation>Gebiet (Polygone)</translation>
  </message>
  <message>
   <source>Relabel a BigEarthNet v1 archive</source>
   <translation>BigEarthNet-v1-Archiv neu beschriften</translation>
  </message>
  <message>
   <source>Relative error below, per cent</source>
   <translation>Relativer Fehler unter, Prozent</translation>
  </message>
  <message>
   <source>Report</source>
   <translation>Bericht</translation>
  </message>
  <message>
   <source>Report as JSON</source>
   <translation>Bericht als JSON</translation>
  </message>
  <message>
   <source>Report it and go on</source>
   <translation>Melden und weitermachen</translation>
  </message>
  <message>
   <source>Report of the dataset</source>
   <translation>Bericht über den Datensatz</translation>
  </message>
  <message>
   <source>Report of the doctor</source>
   <translation>Bericht der Diagnose</translation>
  </message>
  <message>
   <source>Report of the evaluation</source>
   <translation>Bericht der Bewertung</translation>
  </message>
  <message>
   <source>Report of the model</source>
   <translation>Bericht über das Modell</translation>
  </message>
  <message>
   <source>Report of the training</source>
   <translation>Bericht über das Training</translation>
  </message>
  <message>
   <source>Reports the versions of QGIS, Python, GDAL and the packages, the execution providers that really work, GPU and driver, processor, memory and disk, and how fast a small inference is. Paths in your home folder are shortened, so the report can be passed on.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Resampling of 20 and 60 m bands</source>
   <translation>Umrechnung der Bänder mit 20 und 60 m</translation>
  </message>
  <message>
   <source>Resampling onto the first raster's grid</source>
   <translation>Umrechnung auf das Gitter des ersten Rasters</translation>
  </message>
  <message>
   <source>Rewrite each patch's JSON file itself, and keep the original beside it with '.orig'. Leave the folder for the labels empty then.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rewrite the archive's own files</source>
   <translation>Dateien des Archivs selbst umschreiben</translation>
  </message>
  <message>
   <source>Rise, then fall as a cosine</source>
   <translation>Steigt, fällt dann als Kosinus</translation>
  </message>
  <message>
   <source>Root mean squared error (numbers)</source>
   <translation>Wurzel des mittleren quadratischen Fehlers (Zahlen)</translation>
  </message>
  <message>
   <source>Root of the mean squared error, in the unit of the number.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rows of the index.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rows with a Sentinel-1 and a Sentinel-2 part that belong together.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Rows without; the column 'reason' says why.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Run 'Set up the runtime' again, or name another Python.</source>
   <translation>Führen Sie 'Laufzeitumgebung einrichten' noch einmal aus, oder nennen Sie ein anderes Python.</translation>
  </message>
  <message>
   <source>Run folder</source>
   <translation>Ordner des Laufs</translation>
  </message>
  <message>
   <source>Run the algorithm 'Set up the runtime' (coverloom:setupruntime) once, or name your own Python in {} or in Settings, Options, Coverloom.</source>
   <translation>Führen Sie einmal den Algorithmus 'Laufzeitumgebung einrichten' (coverloom:setupruntime) aus, oder nennen Sie Ihr eigenes Python in {} oder unter Einstellungen, Optionen, Coverloom.</translation>
  </message>
  <message>
   <source>Runs a model file on one split of a dataset, by the same path that makes maps, and compares with the labels. Bands and classes are bound by name; a dataset that lacks one is refused. Models per pixel get accuracy, precision, recall, F1 and IoU of each class, kappa, the confusion matrix, how honest the probabilities are (expected calibration error), and whether the entropy tells wrong pixels from right ones. Models of whole patches get average precision (macro and micro) first, then precision, recall and F scores, Hamming loss, subset accuracy, one-error, coverage, ranking loss and label ranking average precision. Models that give a number, such as biomass, get RMSE, mean absolute error, R2 and bias, and a plot of predicted against observed values. Every figure is the one of scikit-learn.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Runs with the same seed choose the same.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Runtime</source>
   <translation>Laufzeitumgebung</translation>
  </message>
  <message>
   <source>SAFE folder, its zip, or folder of bands</source>
   <translation>SAFE-Ordner, dessen Zip oder Ordner mit Bändern</translation>
  </message>
  <message>
   <source>Sample data</source>
   <translation>Beispieldaten</translation>
  </message>
  <message>
   <source>Scale, one or one a band</source>
   <translation>Faktor, einer oder einer je Band</translation>
  </message>
  <message>
   <source>Scaled to 0..254</source>
   <translation>Auf 0..254 skaliert</translation>
  </message>
  <message>
   <source>Scaling</source>
   <translation>Skalierung</translation>
  </message>
  <message>
   <source>Scene</source>
   <translation>Szene</translation>
  </message>
  <message>
   <source>Scene classes to leave out, as in 3,8,9,10</source>
   <translation>Auszulassende Szenenklassen, etwa 3,8,9,10</translation>
  </message>
  <message>
   <source>Searches a catalogue for Sentinel-2 L2A scenes of an area and a time, takes the day that shows the whole area with the least cloud, and writes it as one raster: bands by name at one pixel size, the scene classification (SCL) last, the offset of newer processing baselines applied. It can be classified at once.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Seed</source>
   <translation>Startwert des Zufalls</translation>
  </message>
  <message>
   <source>Seed of every random choice.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Seed of every random choice: the same seed gives the same files.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Seed of the choice of patches.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Seed of which patches are shown.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sees whether every file of every patch is there and sound.</source>
   <translation>Prüft, ob jede Datei jedes Patches da und unversehrt ist.</translation>
  </message>
  <message>
   <source>Sentinel-1 for models that want it: a raster with bands named VV and VH, or a folder of rasters with VV and VH in their names, also at an s3:// address. It is warped onto the Sentinel-2 grid; what it does not cover becomes nodata.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sentinel-1 raster or folder</source>
   <translation>Sentinel-1-Raster oder -Ordner</translation>
  </message>
  <message>
   <source>Sentinel-1, if elsewhere</source>
   <translation>Sentinel-1, falls anderswo</translation>
  </message>
  <message>
   <source>Set up the runtime</source>
   <translation>Laufzeitumgebung einrichten</translation>
  </message>
  <message>
   <source>Set up the runtime…</source>
   <translation>Laufzeitumgebung einrichten…</translation>
  </message>
  <message>
   <source>Settings, history.csv, checkpoint, TensorBoard logs, best.onnx, best.keras and report.html.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Shannon entropy of the probabilities, divided by its maximum: 0 is sure, 1 is a guess.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Share for validation</source>
   <translation>Anteil zum Validieren</translation>
  </message>
  <message>
   <source>Share of answers as in float32</source>
   <translation>Anteil der Antworten wie in float32</translation>
  </message>
  <message>
   <source>Share of each split</source>
   <translation>Anteil jedes Teils</translation>
  </message>
  <message>
   <source>Share of each split to check.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Share of each split to write.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Share of pixels or patches that get the same class as in float32; of a number, share within a hundredth of its standard deviation. The card has the differences, too.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Share of right pixels.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Share of the observed values' variance that the model explains; below 0 the mean would be better.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Share of the training footprints that training only watches, by places of about a kilometre; 0 for none.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Shows a model's bands, units and scaling, classes with their colours, sizes, receptive field, and where it comes from.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Shows the curves of trainings while they run, until it is cancelled.</source>
   <translation>Zeigt die Kurven laufender Trainings, bis es abgebrochen wird.</translation>
  </message>
  <message>
   <source>Shows what a dataset holds, where its patches lie, and what is wrong with it.</source>
   <translation>Zeigt, was ein Datensatz enthält, wo seine Patches liegen und was daran nicht stimmt.</translation>
  </message>
  <message>
   <source>Shows what a model file says of itself.</source>
   <translation>Zeigt, was eine Modelldatei von sich selbst sagt.</translation>
  </message>
  <message>
   <source>Shows windows turned and mirrored, which have no preferred direction from above.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Side of a chip in px.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Side of a chunk in px; 0 chooses it by the memory limit. It does not change the map.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Side of the windows cut at random from patches that are labelled per pixel; 0 means 48 px.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Signing of addresses</source>
   <translation>Signieren von Adressen</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>Größe</translation>
  </message>
  <message>
   <source>Small, minutes</source>
   <translation>Klein, Minuten</translation>
  </message>
  <message>
   <source>Split</source>
   <translation>Teil</translation>
  </message>
  <message>
   <source>Split files (CSV)</source>
   <translation>Dateien der Aufteilung (CSV)</translation>
  </message>
  <message>
   <source>Splits</source>
   <translation>Aufteilung</translation>
  </message>
  <message>
   <source>Squared error</source>
   <translation>Quadratischer Fehler</translation>
  </message>
  <message>
   <source>Start from a test subset</source>
   <translation>Mit einer Auswahl zum Testen beginnen</translation>
  </message>
  <message>
   <source>Start from a training subset</source>
   <translation>Mit einer Auswahl zum Trainieren beginnen</translation>
  </message>
  <message>
   <source>Start from test footprints</source>
   <translation>Mit Footprints zum Testen beginnen</translation>
  </message>
  <message>
   <source>Start from training footprints</source>
   <translation>Mit Footprints zum Trainieren beginnen</translation>
  </message>
  <message>
   <source>Starts TensorBoard on the logs of a training, or of all trainings in a folder, on this machine alone (127.0.0.1), and says its address. It runs until Cancel, and ends with QGIS in any case. From the menu Raster, Coverloom it is started beside your work, and opens in your browser.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Statistics</source>
   <translation>Statistik</translation>
  </message>
  <message>
   <source>Statistics for z-scores</source>
   <translation>Statistik für z-Werte</translation>
  </message>
  <message>
   <source>Step from one chip to the next in px; smaller than the chip size makes them overlap.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stop</source>
   <translation>Anhalten</translation>
  </message>
  <message>
   <source>Stop TensorBoard</source>
   <translation>TensorBoard beenden</translation>
  </message>
  <message>
   <source>Stop after so many validations without a better one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stop, or report the file and skip it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stride in px (0: chip size)</source>
   <translation>Schrittweite in px (0: Größe der Chips)</translation>
  </message>
  <message>
   <source>Subset</source>
   <translation>Auswahl</translation>
  </message>
  <message>
   <source>Subset GEDI footprints</source>
   <translation>GEDI-Footprints auswählen</translation>
  </message>
  <message>
   <source>Subtracted from each band. One number, or one a band; 0 if empty.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Table of exactly the test footprints to extract.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Table of exactly the training footprints to extract.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Table of footprints that 'Combine GEDI granules' wrote.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Table of footprints.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Table of the test years.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Table of the training years: .gpkg, .csv (separated by semicolons) or .parquet.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Table to take test footprints from.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Table to take training footprints from.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Take a subset of at most so many test footprints; 0 for all.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Take a subset of at most so many training footprints; 0 for all.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Takes PROBS of 'Classify a raster', as numbers or scaled bytes, or any raster with a band a class and numbers from 0 to 1, and writes a raster for each layer asked for: built-in ones (class, maxprob, entropy, gap, second_class, margin_of_doubt), expressions, and functions of your own. Where there are no probabilities, the layers have none.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Takes a Keras file, the folder of a training run, or a model file, and writes an ONNX file with its card inside: bands with their scaling, classes with their colours, the receptive field as measured, where it comes from. The keys that the Deepness plugin reads are written too, and a STAC item of the Machine Learning Model extension beside the file. float16 and int8 are smaller; how many answers are the same as in float32 is measured, on a dataset if one is given, and written into the card. int8 needs a dataset to measure the range of each layer on. Keras files with Lambda layers, or with layers that are not Keras's own, hold code and are refused.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Takes footprints, as even over the days of the year as there are any.</source>
   <translation>Wählt Footprints so gleichmäßig über die Tage des Jahres, wie es welche gibt.</translation>
  </message>
  <message>
   <source>TensorBoard</source>
   <translation>TensorBoard</translation>
  </message>
  <message>
   <source>TensorBoard ended without saying why.</source>
   <translation>TensorBoard endete, ohne einen Grund zu nennen.</translation>
  </message>
  <message>
   <source>TensorBoard is at {}</source>
   <translation>TensorBoard läuft unter {}</translation>
  </message>
  <message>
   <source>TensorBoard…</source>
   <translation>TensorBoard…</translation>
  </message>
  <message>
   <source>Test file</source>
   <translation>Testdatei</translation>
  </message>
  <message>
   <source>The ONNX file, which is not changed; or a published model: its id on Hugging Face, typed in (with @ and a commit behind it for a certain one), its folder, or a file in that (config.json, model.safetensors or the .index of a checkpoint), which a file dialog can choose.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The address.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The area.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The best network as a model file; without a path, best.onnx in the run's folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The best network for Keras; without a path, best.keras in the run's folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The card as JSON.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The dataset's folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The dataset's folder: shards, dataset.json, croissant.json, log.jsonl.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The description as a page.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The extent and the layer {!r} have no pixel in common. Give an extent that lies on the layer.</source>
   <translation>Die Ausdehnung und der Layer {!r} haben kein Pixel gemeinsam. Geben Sie eine Ausdehnung an, die auf dem Layer liegt.</translation>
  </message>
  <message>
   <source>The file to write.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The granules; files and folders.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The highest of the schedule. unet learns well at 0.006.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The layer {!r} ({}) has no pixel size of its own. Export it to a GeoTIFF at the resolution you want, and give that.</source>
   <translation>Der Layer {!r} ({}) hat keine eigene Pixelgröße. Exportieren Sie ihn in der gewünschten Auflösung als GeoTIFF, und geben Sie dieses an.</translation>
  </message>
  <message>
   <source>The layer {!r} ({}) is a picture made by a server, not band values. Give a raster with the bands that the model needs.</source>
   <translation>Der Layer {!r} ({}) ist ein Bild von einem Server, keine Bandwerte. Geben Sie ein Raster mit den Bändern an, die das Modell braucht.</translation>
  </message>
  <message>
   <source>The layer {!r} cannot be written for the worker ({}). Export it to a GeoTIFF and give that.</source>
   <translation>Der Layer {!r} lässt sich nicht für den Arbeitsprozess schreiben ({}). Exportieren Sie ihn als GeoTIFF, und geben Sie dieses an.</translation>
  </message>
  <message>
   <source>The layer {!r} has no polygon to use. Draw or select one.</source>
   <translation>Der Layer {!r} hat kein brauchbares Polygon. Zeichnen oder wählen Sie eines.</translation>
  </message>
  <message>
   <source>The layer {!r} has no polygons. Give a polygon or raster layer.</source>
   <translation>Der Layer {!r} hat keine Polygone. Geben Sie einen Polygon- oder Rasterlayer an.</translation>
  </message>
  <message>
   <source>The log: one line of JSON a patch.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The map of a model that gives a number, such as biomass: one layer in the number's unit, float32, nodata as its card says (-9999). Left out for a model of classes.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model file to write.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model file.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The network gets (stored × scale + offset − mean) / deviation. One number for all bands, or one a band, separated by commas; 1 if empty.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The new dataset's folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The nodata settings made in QGIS for the layer {!r} are not used: what counts is the file's own nodata value.</source>
   <translation>Die in QGIS gemachten Nodata-Einstellungen des Layers {!r} werden nicht benutzt: es zählt der Nodata-Wert der Datei.</translation>
  </message>
  <message>
   <source>The official metadata.parquet, and for version 1 also the published lists patches_with_seasonal_snow.csv and patches_with_cloud_and_shadow.csv; several files separated by commas, or their folder. Empty, or lists alone, to find patches by what is there.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The page.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The patch index that 'Index a BigEarthNet archive' wrote, a local file or an s3:// address.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The patch index, a local file or an s3:// address.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The patch index.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The patches' outlines as a layer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The raster to write.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The report as a page.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The report, with plots, as one page.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The report.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The same as JSON.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The same polygons as a GeoPackage. Where this QGIS does not read GeoParquet, it is written in any case, beside the index as &lt;index&gt;.gpkg.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The same seed gives the same network on a CPU.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The setting 'Python interpreter'</source>
   <translation>Die Einstellung 'Python-Interpreter'</translation>
  </message>
  <message>
   <source>The split to measure on. The training split is never taken unless it is named here, and then the report says so.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The subset: .gpkg, .csv or .parquet.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The variable {}</source>
   <translation>Die Variable {}</translation>
  </message>
  <message>
   <source>The worker ended with code {} without saying why.</source>
   <translation>Der Arbeitsprozess endete mit Code {}, ohne einen Grund zu nennen.</translation>
  </message>
  <message>
   <source>The worker was ended by signal {} without saying why.</source>
   <translation>Der Arbeitsprozess wurde durch Signal {} beendet, ohne einen Grund zu nennen.</translation>
  </message>
  <message>
   <source>The worker's Python could not be started. Run 'Set up the runtime'.</source>
   <translation>Das Python des Arbeitsprozesses ließ sich nicht starten. Führen Sie 'Laufzeitumgebung einrichten' aus.</translation>
  </message>
  <message>
   <source>There is no environment in {}.</source>
   <translation>In {} ist keine Umgebung.</translation>
  </message>
  <message>
   <source>Throughput in Mpx/s</source>
   <translation>Durchsatz in Mpx/s</translation>
  </message>
  <message>
   <source>Tiles mapped</source>
   <translation>Kartierte Kacheln</translation>
  </message>
  <message>
   <source>Tiles that failed</source>
   <translation>Fehlgeschlagene Kacheln</translation>
  </message>
  <message>
   <source>Train a model</source>
   <translation>Modell trainieren</translation>
  </message>
  <message>
   <source>Train a model…</source>
   <translation>Modell trainieren…</translation>
  </message>
  <message>
   <source>Training file</source>
   <translation>Trainingsdatei</translation>
  </message>
  <message>
   <source>Trains a network on a dataset and keeps the one that is best on the validation split.</source>
   <translation>Trainiert ein Netz auf einem Datensatz und behält das auf dem Validierungsteil beste.</translation>
  </message>
  <message>
   <source>Tried {}.</source>
   <translation>Versucht: {}.</translation>
  </message>
  <message>
   <source>True if everything needed to make maps works.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Turns GEDI L4A granules into tables of footprints worth keeping.</source>
   <translation>Macht aus GEDI-L4A-Granulen Tabellen brauchbarer Footprints.</translation>
  </message>
  <message>
   <source>Turns the 43 CORINE classes of a version 1 archive into the 19 classes. By default a new JSON file beside each patch's own holds them, or one in another folder. The 43-class names are kept under 'original_labels'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Type of continuous layers</source>
   <translation>Datentyp der kontinuierlichen Layer</translation>
  </message>
  <message>
   <source>Unit of slope</source>
   <translation>Einheit der Hangneigung</translation>
  </message>
  <message>
   <source>Validate patches</source>
   <translation>Patches prüfen</translation>
  </message>
  <message>
   <source>Version of ONNX's operators, 13 to 22, or 0 for 17. Networks trained here can be written from 14 on; another that lacks an operator there is refused by its name.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Version of a published model, 0.1.1 or 0.2.0: they take their bands in different orders. Only needed where the name does not end in it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Viewer of the tiles</source>
   <translation>Betrachter der Kacheln</translation>
  </message>
  <message>
   <source>What Sentinel-1 numbers are</source>
   <translation>Was die Sentinel-1-Zahlen sind</translation>
  </message>
  <message>
   <source>What each tile took</source>
   <translation>Aufwand je Kachel</translation>
  </message>
  <message>
   <source>What may be done with the model, written into its card.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What to do with a batch that does not fit.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What to install</source>
   <translation>Was installiert wird</translation>
  </message>
  <message>
   <source>What to install: 'map-cpu' and 'map-gpu' apply models, 'train-cpu' and 'train-gpu' also train them (TensorFlow, several GB), 'import' takes in published models of all backbones (PyTorch; 3.1 GB to download, 6 GB on the disk, a minute or two on a fast network), which a ResNet's folder does not need. 'auto' takes map-gpu where there is an NVIDIA driver, else map-cpu.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What was done, how fast, and on which device, as JSON.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What was installed and how it was tested, as JSON.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>When the output's disk has less free, the run waits two minutes for room and then stops cleanly; 0 to never look.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Where Copernicus DEM tiles come from, if not from the same catalogue.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Where WorldCover tiles come from, if not from the same catalogue; Earth Search has none.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Where the model runs: auto takes a GPU if one can be used.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Whether files are there</source>
   <translation>Ob die Dateien da sind</translation>
  </message>
  <message>
   <source>Whether to draw pictures into the folder 'tables'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Which GPU</source>
   <translation>Welche GPU</translation>
  </message>
  <message>
   <source>Which GPU, counted from 0.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Which band is which, as in B02=1,B03=2</source>
   <translation>Welches Band welches ist, etwa B02=1,B03=2</translation>
  </message>
  <message>
   <source>Whole numbers of 16 bits</source>
   <translation>Ganze Zahlen mit 16 Bit</translation>
  </message>
  <message>
   <source>Whole numbers of 8 bits</source>
   <translation>Ganze Zahlen mit 8 Bit</translation>
  </message>
  <message>
   <source>Width of the network</source>
   <translation>Breite des Netzes</translation>
  </message>
  <message>
   <source>Windows in one inference; 0 chooses.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Windows in one step. It is halved once if memory runs out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>With DELETE_SOURCES: write into the log what would be deleted, and delete nothing.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>With metadata: list only patches whose Sentinel-2 folder is there, for an archive that was unpacked in part.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Writes a copy of an ONNX file with a card inside: which bands it takes in which units, which classes it gives. What the file says itself (Deepness's metadata are understood) need not be given. The card is checked against the network by running it. A published BigEarthNet v2 model is taken in by its id on Hugging Face, such as BIFOLD-BigEarthNetv2-0/resnet50-s2-v0.2.0, or by the folder of its config.json and model.safetensors: bands in the order of its version, the official statistics and the 19 classes in alphabetical order go into the card. ResNets need nothing more; other backbones, and downloading, need the runtime's tier import. The version 1 models (K-Branch CNN, ResNet and VGG of bigearth.net, TensorFlow checkpoints) are taken in from the unpacked folder of NAME.index and NAME.data-00000-of-00001, without TensorFlow: the network is told from the names of its tensors, the classes (19 or 43) from its outputs. Those with Sentinel-1 bands are refused, for nobody states the order of their channels.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Writes a dataset again as TFRecord, HDF5 or NPZ, every value the same.</source>
   <translation>Schreibt einen Datensatz als TFRecord, HDF5 oder NPZ neu, jeden Wert gleich.</translation>
  </message>
  <message>
   <source>Writes a page with the classes of each split, the distribution of every band, a map of the splits, and sample patches as pictures beside their labels. Above all it lists problems: damaged shards, classes that training never shows, places in more than one split.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Writes a trained network as a model file, in float32, float16 or int8.</source>
   <translation>Schreibt ein trainiertes Netz als Modelldatei, in float32, float16 oder int8.</translation>
  </message>
  <message>
   <source>Writes the footprints of many HDF5 files into one, and a dataset.json beside it, with which it opens as a dataset for training. Fuse training and test footprints into one folder to have both in one dataset.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Writes the patches of an index as TFRecord, HDF5 or NPZ for training.</source>
   <translation>Schreibt die Patches eines Index als TFRecord, HDF5 oder NPZ zum Trainieren.</translation>
  </message>
  <message>
   <source>Writes version 1 labels in the 19-class nomenclature.</source>
   <translation>Schreibt Labels der Version 1 in der Nomenklatur mit 19 Klassen.</translation>
  </message>
  <message>
   <source>Years for testing</source>
   <translation>Jahre zum Testen</translation>
  </message>
  <message>
   <source>Years for training</source>
   <translation>Jahre zum Trainieren</translation>
  </message>
  <message>
   <source>Years of acquisition, separated by commas.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Years of acquisition, separated by commas; empty for no test table.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Zip of a product (*.zip)</source>
   <translation>Zip eines Produkts (*.zip)</translation>
  </message>
  <message>
   <source>about {:.1f} h left</source>
   <translation>noch etwa {:.1f} h</translation>
  </message>
  <message>
   <source>about {} min left</source>
   <translation>noch etwa {} min</translation>
  </message>
  <message>
   <source>about {} s left</source>
   <translation>noch etwa {} s</translation>
  </message>
  <message>
   <source>attribute</source>
   <translation>Attribut</translation>
  </message>
  <message>
   <source>auto: none for tfrecord and npz, lzf for hdf5. gzip is smaller and many times slower.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>ben19: the 19 classes in alphabetical order, as the published version 2 models; ben19_v1: the same in the order of the version 1 tools; ben43; clc: all 44 CORINE classes. Pixels of no class get 255.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>benchmark_report.csv: seconds, Mpx/s, stage times, chunks, memory, device and error of each tile.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>blocks: 4 x 4 chips always stay together, and chips across a border are left out, so that no pixel is in two splits; random: chip by chip; none: all for training. Shares are 70, 15 and 15 %.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>choice</source>
   <translation>Auswahl</translation>
  </message>
  <message>
   <source>default</source>
   <translation>Vorgabe</translation>
  </message>
  <message>
   <source>extent</source>
   <translation>Ausdehnung</translation>
  </message>
  <message>
   <source>file</source>
   <translation>Datei</translation>
  </message>
  <message>
   <source>file or folder</source>
   <translation>Datei oder Ordner</translation>
  </message>
  <message>
   <source>files or folders</source>
   <translation>Dateien oder Ordner</translation>
  </message>
  <message>
   <source>float32, float16 (half the size, for GPUs), or int8 (a quarter of the size, faster on many processors).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>folder</source>
   <translation>Ordner</translation>
  </message>
  <message>
   <source>layer</source>
   <translation>Layer</translation>
  </message>
  <message>
   <source>none; zscore: less mean, over deviation; minmax: each patch to 0..1, jointly for a sensor, with its limits stored; reflectance: Sentinel-2 over 10,000. All can be undone: the card says how.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>number</source>
   <translation>Zahl</translation>
  </message>
  <message>
   <source>official: the rule that gives the official split from a patch's place in its tile; metadata: as the index says; country: random with equal shares in each country; blocks: random blocks of 10 x 10 patches; files: as SPLIT_FILES list.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>optional</source>
   <translation>optional</translation>
  </message>
  <message>
   <source>planetary-computer, earth-search, the address of any STAC API, a catalog.json, or a folder of SAFE products and tiles.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>raster</source>
   <translation>Raster</translation>
  </message>
  <message>
   <source>raster layer</source>
   <translation>Rasterlayer</translation>
  </message>
  <message>
   <source>rasters</source>
   <translation>Raster (mehrere)</translation>
  </message>
  <message>
   <source>text</source>
   <translation>Text</translation>
  </message>
  <message>
   <source>tfrecord: shards of tf.train.Example; hdf5: one chunk a patch, readable by h5py; npz: one archive and one JSON a patch.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>train, validation or test; empty to take it from the file's name.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>uint16 keeps whole numbers exactly and is half the size; the card has scale and offset.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>unet and unet_baseline answer per pixel (or per patch, if the dataset has only such labels); kbranch, vgg and resnet per patch. Of GEDI footprints unet learns the pixels that the footprint covers, resnet the footprint's number. kbranch wants bands of 10, 20 and 60 m.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>vector</source>
   <translation>Vektor</translation>
  </message>
  <message>
   <source>vector layer</source>
   <translation>Vektorlayer</translation>
  </message>
  <message>
   <source>viewer.html: all layers of all tiles, a slider between two of them, the area of each class, and the table.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>yes or no</source>
   <translation>ja oder nein</translation>
  </message>
  <message>
   <source>{} cannot be copied for the worker: {}. Export it to a GeoTIFF and give that.</source>
   <translation>{} lässt sich nicht für den Arbeitsprozess kopieren: {}. Exportieren Sie es als GeoTIFF, und geben Sie dieses an.</translation>
  </message>
  <message>
   <source>{} could not be started.</source>
   <translation>{} ließ sich nicht starten.</translation>
  </message>
  <message>
   <source>{} has {!r}, which is no whole number.</source>
   <translation>{} enthält {!r}, das ist keine ganze Zahl.</translation>
  </message>
  <message>
   <source>{} has {} value(s), {!r}, of which {} can be opened. Give paths of rasters that GDAL reads, or raster layers of the project.</source>
   <translation>{} hat {} Wert(e), {!r}, von denen sich {} öffnen lassen. Geben Sie Pfade von Rastern an, die GDAL liest, oder Rasterlayer des Projekts.</translation>
  </message>
  <message>
   <source>{} is {!r}, which cannot be opened. Give a raster.</source>
   <translation>{} ist {!r}, das lässt sich nicht öffnen. Geben Sie ein Raster an.</translation>
  </message>
  <message>
   <source>{} is {!r}, which is no readable layer. Give a raster or a polygon layer.</source>
   <translation>{} ist {!r}, das ist kein lesbarer Layer. Geben Sie ein Raster oder einen Polygonlayer an.</translation>
  </message>
  <message>
   <source>{} is {!r}, which is no readable raster layer. Give a raster.</source>
   <translation>{} ist {!r}, das ist kein lesbarer Rasterlayer. Geben Sie ein Raster an.</translation>
  </message>
  <message>
   <source>{} is {!r}. Give numbers, separated by commas.</source>
   <translation>{} ist {!r}. Geben Sie Zahlen an, durch Kommas getrennt.</translation>
  </message>
  <message>
   <source>{} is {!r}. Give years such as 2020,2021.</source>
   <translation>{} ist {!r}. Geben Sie Jahre an wie 2020,2021.</translation>
  </message>
  <message>
   <source>{} is {}, but maps are GeoTIFF. Give a path that ends in .tif.</source>
   <translation>{} ist {}, Karten sind aber GeoTIFF. Geben Sie einen Pfad an, der auf .tif endet.</translation>
  </message>
  <message>
   <source>{} names {}, which is no file.</source>
   <translation>{} nennt {}, das ist keine Datei.</translation>
  </message>
 </context>
</TS>
