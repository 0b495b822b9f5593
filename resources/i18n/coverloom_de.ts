<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
 <context>
  <name>Coverloom</name>
  <message>
   <source>'auto' is cross-entropy for pixels and binary cross-entropy for patches. 'focal' dwells on what is hard, 'dice' is half cross-entropy and half overlap; 'cross_entropy' for patches expects one class each. Of a number 'auto' is 'mse', the squared error; 'huber' follows single far-out values less.</source>
   <translation>'auto' ist Kreuzentropie für Pixel und binäre Kreuzentropie für Patches. 'focal' hält sich beim Schwierigen auf, 'dice' ist halb Kreuzentropie und halb Überlappung; 'cross_entropy' für Patches erwartet je eine Klasse. Bei einer Zahl ist 'auto' 'mse', der quadratische Fehler; 'huber' folgt einzelnen Ausreißern weniger.</translation>
  </message>
  <message>
   <source>'auto' looks: power is never below 0, dB nearly always is. Where the model wants the other one, it is converted.</source>
   <translation>'auto' sieht nach: Leistung ist nie kleiner als 0, dB fast immer. Wo das Modell das andere will, wird umgerechnet.</translation>
  </message>
  <message>
   <source>'balanced' lets each class count alike, 'median' less strongly so. Rare classes are then found more often, and wrongly found more often. Where there is a number to learn, only 'none' goes.</source>
   <translation>'balanced' lässt jede Klasse gleich zählen, 'median' weniger stark. Seltene Klassen werden dann öfter gefunden, und öfter fälschlich gefunden. Wo eine Zahl zu lernen ist, geht nur 'none'.</translation>
  </message>
  <message>
   <source>'byte' scales the continuous layers to 0..254, which takes a quarter of the space.</source>
   <translation>'byte' skaliert die kontinuierlichen Layer auf 0..254, das braucht ein Viertel des Platzes.</translation>
  </message>
  <message>
   <source>'cosine' rises over the first tenth and then falls; 'plateau' halves after two validations without a better one.</source>
   <translation>'cosine' steigt im ersten Zehntel und fällt dann; 'plateau' halbiert nach zwei Validierungen ohne eine bessere.</translation>
  </message>
  <message>
   <source>'cuda' needs an NVIDIA GPU and the tier map-gpu, and fails without. 'auto' takes the GPU where it works, else the processor, and says which.</source>
   <translation>'cuda' braucht eine NVIDIA-GPU und die Stufe map-gpu und schlägt sonst fehl. 'auto' nimmt die GPU, wo sie geht, sonst den Prozessor, und sagt, welches.</translation>
  </message>
  <message>
   <source>'cuda' needs an NVIDIA GPU and the tier train-gpu, and fails without. 'auto' takes the GPU where it works.</source>
   <translation>'cuda' braucht eine NVIDIA-GPU und die Stufe train-gpu und schlägt sonst fehl. 'auto' nimmt die GPU, wo sie geht.</translation>
  </message>
  <message>
   <source>'exact' computes in 32 bits. 'fast' computes in bfloat16 on processors with AMX or AVX512-BF16 and in half precision on a GPU: whole maps took little more than a third of the processor time with AMX, two thirds with AVX512-BF16 alone, and nearly every pixel has the same class (the doctor measures both). Without such a device it says so and computes exactly.</source>
   <translation>'exact' rechnet in 32 Bit. 'fast' rechnet in bfloat16 auf Prozessoren mit AMX oder AVX512-BF16 und in halber Genauigkeit auf einer GPU: ganze Karten brauchten wenig mehr als ein Drittel der Prozessorzeit mit AMX, zwei Drittel mit AVX512-BF16 allein, und fast jedes Pixel hat dieselbe Klasse (die Diagnose misst beides). Ohne ein solches Gerät sagt es das und rechnet genau.</translation>
  </message>
  <message>
   <source>'exists' looks for the files, in an object store with one listing a scene; 'header' also reads them and checks their form and place; 'pixels' also looks for values that cannot be: all zero, NaN, unknown codes.</source>
   <translation>'exists' sucht die Dateien, in einem Objektspeicher mit einer Auflistung je Szene; 'header' liest sie auch und prüft ihre Form und ihren Ort; 'pixels' sucht auch nach unmöglichen Werten: alles null, NaN, unbekannte Codes.</translation>
  </message>
  <message>
   <source>'small' is for a demonstration in minutes, 'medium' for training a model worth comparing.</source>
   <translation>'small' ist für eine Vorführung in Minuten, 'medium' zum Trainieren eines Modells, das sich zu vergleichen lohnt.</translation>
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
   <translation>Eine .keras-Datei, der Ordner eines Trainings, oder eine .onnx mit ihrem Steckbrief.</translation>
  </message>
  <message>
   <source>A JSON card, or a model file whose card to take, for a Keras file that carries none and has no model file beside it.</source>
   <translation>Ein Steckbrief als JSON, oder eine Modelldatei, deren Steckbrief genommen wird, für eine Keras-Datei, die keinen trägt und keine Modelldatei neben sich hat.</translation>
  </message>
  <message>
   <source>A Python file whose functions, marked with @layer() from coverloom.engine.layers.own, take the probabilities (K, h, w) and return (h, w) numbers. The file is run in the worker with your rights: use only files you trust. It gets one part of the raster after the other, so a pixel's value may depend on that pixel alone.</source>
   <translation>Eine Python-Datei, deren mit @layer() aus coverloom.engine.layers.own bezeichnete Funktionen die Wahrscheinlichkeiten (K, h, w) nehmen und Zahlen (h, w) liefern. Die Datei läuft im Arbeitsprozess mit Ihren Rechten: benutzen Sie nur Dateien, denen Sie trauen. Sie bekommt einen Teil des Rasters nach dem anderen, der Wert eines Pixels darf also nur von diesem Pixel abhängen.</translation>
  </message>
  <message>
   <source>A Python file whose functions, marked with @layer() from coverloom.engine.layers.own, take the probabilities (K, h, w) and the bands and return (h, w) numbers. The file is run in the worker with your rights: use only files you trust. It gets one part of the raster after the other, so a pixel's value may depend on that pixel alone.</source>
   <translation>Eine Python-Datei, deren mit @layer() aus coverloom.engine.layers.own bezeichnete Funktionen die Wahrscheinlichkeiten (K, h, w) und die Bänder nehmen und Zahlen (h, w) liefern. Die Datei läuft im Arbeitsprozess mit Ihren Rechten: benutzen Sie nur Dateien, denen Sie trauen. Sie bekommt einen Teil des Rasters nach dem anderen, der Wert eines Pixels darf also nur von diesem Pixel abhängen.</translation>
  </message>
  <message>
   <source>A SAFE folder, its zip (which is read in place), a folder of files with B02, B03, … in their names, or a BigEarthNet patch; all of these also as s3:// addresses, zips also as https://, SAFE folders as https:// where the server lists its files. One product only.</source>
   <translation>Ein SAFE-Ordner, dessen Zip (das an Ort und Stelle gelesen wird), ein Ordner mit Dateien, die B02, B03, … im Namen haben, oder ein BigEarthNet-Patch; all das auch als Adresse mit s3://, Zips auch mit https://, SAFE-Ordner mit https://, wo der Server seine Dateien auflistet. Nur ein Produkt.</translation>
  </message>
  <message>
   <source>A class for every pixel (from the reference map), for the whole patch (several at once), both, or none.</source>
   <translation>Eine Klasse für jedes Pixel (aus der Referenzkarte), für den ganzen Patch (mehrere zugleich), beides oder keine.</translation>
  </message>
  <message>
   <source>A folder for each tile: class, maximum probability, entropy and gap, legend, preview and report.</source>
   <translation>Ein Ordner je Kachel: Klasse, höchste Wahrscheinlichkeit, Entropie und Abstand, Legende, Vorschau und Bericht.</translation>
  </message>
  <message>
   <source>A folder of SAFE folders, their zips, folders of bands, and rasters with named bands, or the s3:// address of one; the results go to a disk.</source>
   <translation>Ein Ordner mit SAFE-Ordnern, deren Zips, Ordnern mit Bändern und Rastern mit benannten Bändern, oder die Adresse eines solchen mit s3://; die Ergebnisse kommen auf eine Platte.</translation>
  </message>
  <message>
   <source>A footprint is kept if its standard error is below this share of its biomass, in per cent. Footprints without biomass never pass.</source>
   <translation>Ein Footprint bleibt, wenn sein Standardfehler unter diesem Anteil seiner Biomasse liegt, in Prozent. Footprints ohne Biomasse bleiben nie.</translation>
  </message>
  <message>
   <source>A footprint is left out if its surroundings are steeper.</source>
   <translation>Ein Footprint wird ausgelassen, wenn seine Umgebung steiler ist.</translation>
  </message>
  <message>
   <source>A model file (.onnx) with a card, or its s3:// or https:// address, of classes: one that gives a number is refused, for the table and the viewer are of classes. 'Import a model' makes one from any ONNX file.</source>
   <translation>Eine Modelldatei (.onnx) mit Steckbrief, oder ihre Adresse mit s3:// oder https://, mit Klassen: eine, die eine Zahl liefert, wird abgelehnt, denn Tabelle und Betrachter handeln von Klassen. 'Modell importieren' macht eine aus jeder ONNX-Datei.</translation>
  </message>
  <message>
   <source>A model file (.onnx) with a card, or its s3:// or https:// address. 'Import a model' makes one from any ONNX file.</source>
   <translation>Eine Modelldatei (.onnx) mit Steckbrief, oder ihre Adresse mit s3:// oder https://. 'Modell importieren' macht eine aus jeder ONNX-Datei.</translation>
  </message>
  <message>
   <source>A new folder with &lt;layer&gt;.tif for each layer.</source>
   <translation>Ein neuer Ordner mit einer &lt;layer&gt;.tif je Layer.</translation>
  </message>
  <message>
   <source>A new or empty folder.</source>
   <translation>Ein neuer oder leerer Ordner.</translation>
  </message>
  <message>
   <source>A raster whose values are classes, or a polygon layer.</source>
   <translation>Ein Raster, dessen Werte Klassen sind, oder ein Polygonlayer.</translation>
  </message>
  <message>
   <source>A scene may be so many days before or after the footprint.</source>
   <translation>Eine Szene darf so viele Tage vor oder nach dem Footprint liegen.</translation>
  </message>
  <message>
   <source>A small picture of the class map.</source>
   <translation>Ein kleines Bild der Klassenkarte.</translation>
  </message>
  <message>
   <source>Accuracy (pixels)</source>
   <translation>Genauigkeit (Pixel)</translation>
  </message>
  <message>
   <source>Added after the scale. One number, or one a band; 0 if empty.</source>
   <translation>Wird nach dem Faktor addiert. Eine Zahl, oder eine je Band; leer heißt 0.</translation>
  </message>
  <message>
   <source>Address</source>
   <translation>Adresse</translation>
  </message>
  <message>
   <source>Address of a Dask scheduler, such as tcp://host:8786; empty for this machine.</source>
   <translation>Adresse eines Dask-Schedulers, etwa tcp://host:8786; leer für diesen Rechner.</translation>
  </message>
  <message>
   <source>Address of a Dask scheduler, such as tcp://host:8786; empty to work on this machine.</source>
   <translation>Adresse eines Dask-Schedulers, etwa tcp://host:8786; leer, um auf diesem Rechner zu arbeiten.</translation>
  </message>
  <message>
   <source>Address of a Dask scheduler; empty for this machine.</source>
   <translation>Adresse eines Dask-Schedulers; leer für diesen Rechner.</translation>
  </message>
  <message>
   <source>Agreement beyond chance.</source>
   <translation>Übereinstimmung über den Zufall hinaus.</translation>
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
   <translation>Alle Kennzahlen als JSON.</translation>
  </message>
  <message>
   <source>All files</source>
   <translation>Alle Dateien</translation>
  </message>
  <message>
   <source>All numbers of the page, and the problems, as JSON.</source>
   <translation>Alle Zahlen der Seite, und die Probleme, als JSON.</translation>
  </message>
  <message>
   <source>Also gather the distributions of measurements.</source>
   <translation>Auch die Verteilungen der Messwerte erheben.</translation>
  </message>
  <message>
   <source>Applies a model to one or more rasters, chunk by chunk, and writes the most probable class of every pixel with layers that say how sure it is; a model that gives a number, such as biomass, is mapped as one layer of it, VALUE. Where the input has no data, the maps have none. The size of the raster does not matter for memory, and the size of the chunks does not matter for the map. Rasters of other resolutions or CRS are brought to the grid of the finest one.</source>
   <translation>Wendet ein Modell auf ein oder mehrere Raster an, Block für Block, und schreibt die wahrscheinlichste Klasse jedes Pixels mit Layern, die sagen, wie sicher sie ist; ein Modell, das eine Zahl liefert, etwa Biomasse, ergibt einen Layer davon, VALUE. Wo die Eingabe keine Daten hat, haben die Karten keine. Die Größe des Rasters ist für den Speicher gleich, und die Größe der Blöcke für die Karte. Raster mit anderer Auflösung oder anderem KBS werden auf das Gitter des feinsten gebracht.</translation>
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
   <translation>Liest um jeden Footprint 32 x 32 Pixel von 10 m aus der am wenigsten bewölkten Sentinel-2-Szene, in der die Umgebung zu sehen ist, aus dem Copernicus DEM (Höhe und Hangneigung) und aus ESA WorldCover, alle auf einem Gitter, und zeichnet die Biomasse des Footprints darauf. Kataloge werden einmal je Zelle von einem Grad und dreißig Tagen durchsucht. Footprints, die sich nicht verwenden lassen, stehen mit dem Grund in log.jsonl. Nach einer Unterbrechung führen Sie es noch einmal aus: fertige Dateien bleiben.</translation>
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
   <translation>Mittlere Präzision aller Klassen und Patches zusammen.</translation>
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
   <translation>Mittelt die Wahrscheinlichkeiten über die acht gedrehten und gespiegelten Ansichten jedes Fensters. Dauert achtmal so lange.</translation>
  </message>
  <message>
   <source>Band names separated by commas, or one of the sets all, s1, s2, rgb, six (B02, B03, B04, B08, VV, VH). Empty for all fourteen.</source>
   <translation>Namen von Bändern, durch Kommas getrennt, oder eine der Gruppen all, s1, s2, rgb, six (B02, B03, B04, B08, VV, VH). Leer für alle vierzehn.</translation>
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
   <translation>Eine neue Umgebung aufbauen, auch wenn eine vollständige da ist. Die alte bleibt, bis die neue arbeitet.</translation>
  </message>
  <message>
   <source>Build again even if it is complete</source>
   <translation>Neu aufbauen, auch wenn sie vollständig ist</translation>
  </message>
  <message>
   <source>Building overviews</source>
   <translation>Übersichten werden erstellt</translation>
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
   <translation>CSV-Dateien wie veröffentlicht, durch Kommas getrennt: ein Patchname, oder Sentinel-2- und Sentinel-1-Name, je Zeile; ihre eigenen Namen sagen train, val oder test.</translation>
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
   <source>Checking patches</source>
   <translation>Patches werden geprüft</translation>
  </message>
  <message>
   <source>Checks the files of an index: that they exist; that shape, type, CRS, place and nodata are right; or that the pixels make sense. The report names each faulty file and what is wrong with it. Beside it lies a GeoPackage, its name ending in '_checked', with all checked patches to look at on the map.</source>
   <translation>Prüft die Dateien eines Index: dass sie da sind; dass Form, Typ, KBS, Ort und Nodata stimmen; oder dass die Pixel sinnvoll sind. Der Bericht nennt jede fehlerhafte Datei und was an ihr nicht stimmt. Daneben liegt ein GeoPackage, dessen Name auf '_checked' endet, mit allen geprüften Patches zum Ansehen auf der Karte.</translation>
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
   <translation>Chips mit einem kleineren Anteil beschrifteter Pixel werden ausgelassen.</translation>
  </message>
  <message>
   <source>Chips written</source>
   <translation>Geschriebene Chips</translation>
  </message>
  <message>
   <source>Chips written.</source>
   <translation>Geschriebene Chips.</translation>
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
   <translation>Namen der Klassen mit ihren Nummern und Farben als JSON.</translation>
  </message>
  <message>
   <source>Class weights</source>
   <translation>Klassengewichte</translation>
  </message>
  <message>
   <source>Classes of the product's scene classification that become nodata: 0 nodata, 1 saturated, 2 dark, 3 shadow, 4 vegetation, 5 bare, 6 water, 7 unclassified, 8 and 9 cloud, 10 cirrus, 11 snow.</source>
   <translation>Klassen der Szenenklassifikation des Produkts, die Nodata werden: 0 Nodata, 1 gesättigt, 2 dunkel, 3 Schatten, 4 Vegetation, 5 kahl, 6 Wasser, 7 unklassifiziert, 8 und 9 Wolke, 10 Zirrus, 11 Schnee.</translation>
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
   <translation>Bewölkung, die der Katalog nennt, in Prozent.</translation>
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
   <translation>Führt Granulen zusammen, wählt daraus aus, schneidet Fenster aus und verschmilzt sie zu train.h5, validation.h5 und test.h5 mit einem Steckbrief. Geben Sie statt Granulen eine Tabelle an, um später einzusteigen. Der Ordner 'tables' behält Tabellen und Bilder, 'batches' die Dateien vor dem Verschmelzen, mit einem Protokoll der ausgelassenen Footprints. Nach einer Unterbrechung führen Sie es noch einmal aus: fertige Dateien bleiben.</translation>
  </message>
  <message>
   <source>Comparing with float32</source>
   <translation>Vergleich mit float32</translation>
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
   <translation>Rechnet in bfloat16, schneller, wo Prozessor oder GPU es haben. Gewichte und Ergebnisse bleiben float32.</translation>
  </message>
  <message>
   <source>Computing layers</source>
   <translation>Layer werden berechnet</translation>
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
   <translation>Coverloom rechnet außerhalb von QGIS, in einer eigenen Python-Umgebung. Dies richtet sie in Ihrem Datenordner ein, aus festen Versionen der Pakete mit Prüfsummen. Es ist einmal nötig, und wieder nach einer Aktualisierung, die diese Versionen ändert. Das Python von QGIS wird nicht angerührt. Eine schon vollständige Umgebung bleibt, wie sie ist.</translation>
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
   <translation>Kurven, Werte jeder Klasse, Konfusionsmatrix (bei einer Zahl: vorhergesagt gegen beobachtet), und einige Patches mit dem, was das Netz sagt.</translation>
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
   <translation>Schneidet die Raster in quadratische Chips auf einem Gitter ab der oberen linken Ecke des ersten Rasters, und schreibt sie mit der Klasse jedes Pixels. Polygone gelten, wo sie den Mittelpunkt eines Pixels bedecken; ein späteres Polygon liegt über einem früheren. Pixel ohne Daten oder Label bekommen 255, und Chips ohne beides werden ausgelassen. Was ein Raster nicht bedeckt, hat dort keine Daten; ein Band für die Deckkraft maskiert die anderen. Klassen heißen wie die Werte des Feldes, oder wie die Kategorienamen des Label-Rasters (&lt;raster&gt;.aux.xml), sonst wie ihre Nummern.</translation>
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
   <translation>Tag der Aufnahme.</translation>
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
   <translation>Grad, oder Prozent (Meter Höhe auf 100 Meter Weg); gilt auch für die gespeicherte Hangneigung.</translation>
  </message>
  <message>
   <source>Delete a patch's files once it has been written, read back and compared equal. Only pairs that the official metadata name, only on this machine's disk.</source>
   <translation>Die Dateien eines Patches löschen, sobald er geschrieben, zurückgelesen und als gleich erkannt ist. Nur Paare, die die offiziellen Metadaten nennen, nur auf der Platte dieses Rechners.</translation>
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
   <translation>Jedes Band wird dadurch geteilt. Eine Zahl, oder eine je Band; leer heißt 1.</translation>
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
   <translation>Englische Namen, durch Kommas getrennt; leer für alle.</translation>
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
   <source>Evaluating</source>
   <translation>Bewertung</translation>
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
   <translation>Ausführungs-Provider, der in der Probe arbeitete.</translation>
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
   <source>Extracting windows</source>
   <translation>Ausschnitte werden entnommen</translation>
  </message>
  <message>
   <source>F1 of all classes and patches taken together at a threshold of 0.5.</source>
   <translation>F1 aller Klassen und Patches zusammen bei einer Schwelle von 0.5.</translation>
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
   <translation>Faktor für die Zahl der Kanäle: 0.5 ist etwa ein Viertel der Arbeit.</translation>
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
   <translation>Dateien, die 'Fenster um GEDI-Footprints ausschneiden' geschrieben hat, oder ihr Ordner.</translation>
  </message>
  <message>
   <source>Files written</source>
   <translation>Geschriebene Dateien</translation>
  </message>
  <message>
   <source>Files written; those that were right already are not counted.</source>
   <translation>Geschriebene Dateien; solche, die schon richtig waren, zählen nicht.</translation>
  </message>
  <message>
   <source>File…</source>
   <translation>Datei…</translation>
  </message>
  <message>
   <source>Finding patches</source>
   <translation>Patches werden gesucht</translation>
  </message>
  <message>
   <source>Finds the model's bands in a Sentinel-2 product by their names, each at its own resolution, brings them to the 10 m grid (or the model's 20 or 60 m), and turns the stored numbers into those that the model was trained on: the offset of baseline 04.00 and later is added, as the product says. A product of level L1C is refused unless the units of the model's bands say TOA or L1C. 0 is nodata. Then it maps them as 'Classify a raster' does.</source>
   <translation>Findet die Bänder des Modells in einem Sentinel-2-Produkt an ihren Namen, jedes in seiner Auflösung, bringt sie auf das 10-m-Gitter (oder das mit 20 oder 60 m des Modells) und macht aus den gespeicherten Zahlen die, mit denen das Modell trainiert wurde: der Versatz ab Baseline 04.00 wird addiert, wie das Produkt es sagt. Ein Produkt der Stufe L1C wird abgelehnt, es sei denn, die Einheiten der Bänder des Modells nennen TOA oder L1C. 0 ist Nodata. Danach kartiert es wie 'Raster klassifizieren'.</translation>
  </message>
  <message>
   <source>First day (YYYY-MM-DD)</source>
   <translation>Erster Tag (JJJJ-MM-TT)</translation>
  </message>
  <message>
   <source>First day, such as 2021-06-01.</source>
   <translation>Erster Tag, etwa 2021-06-01.</translation>
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
   <translation>Ordner für LAYERS, EXPRESSIONS und was LAYERS_FILE berechnet: je eine &lt;layer&gt;.tif. Geben Sie ihn mit diesen zusammen an.</translation>
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
   <translation>Ordner für Bilder der Verteilung vorher und nachher.</translation>
  </message>
  <message>
   <source>Folder for pictures of where and when footprints lie, before and after.</source>
   <translation>Ordner für Bilder, wo und wann Footprints liegen, vorher und nachher.</translation>
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
   <translation>Ordner für die neuen Dateien; leer, um sie in das Archiv zu legen.</translation>
  </message>
  <message>
   <source>Folder in which the archive was unpacked (BigEarthNet-S2, BigEarthNet-S1, Reference_Maps), or an s3:// address.</source>
   <translation>Ordner, in den das Archiv entpackt wurde (BigEarthNet-S2, BigEarthNet-S1, Reference_Maps), oder eine Adresse mit s3://.</translation>
  </message>
  <message>
   <source>Folder of Sentinel-1 if it does not lie in the archive's folder.</source>
   <translation>Ordner von Sentinel-1, wenn er nicht im Ordner des Archivs liegt.</translation>
  </message>
  <message>
   <source>Folder of a dataset. int8 is calibrated on some of its training patches; the agreement is measured on others, of the test split if there is one.</source>
   <translation>Ordner eines Datensatzes. int8 wird auf einigen seiner Trainingspatches kalibriert; die Übereinstimmung wird auf anderen gemessen, aus dem Testteil, wenn es einen gibt.</translation>
  </message>
  <message>
   <source>Folder of the HDF5 files, one for each batch.</source>
   <translation>Ordner der HDF5-Dateien, eine je Stapel.</translation>
  </message>
  <message>
   <source>Folder of the archive, or an s3:// address.</source>
   <translation>Ordner des Archivs, oder eine Adresse mit s3://.</translation>
  </message>
  <message>
   <source>Folder of the dataset, which holds dataset.json.</source>
   <translation>Ordner des Datensatzes, der dataset.json enthält.</translation>
  </message>
  <message>
   <source>Folder of the dataset, with its dataset.json, or an s3:// address.</source>
   <translation>Ordner des Datensatzes, mit seiner dataset.json, oder eine Adresse mit s3://.</translation>
  </message>
  <message>
   <source>Folder of the dataset, with its dataset.json.</source>
   <translation>Ordner des Datensatzes, mit seiner dataset.json.</translation>
  </message>
  <message>
   <source>Folder of the dataset.</source>
   <translation>Ordner des Datensatzes.</translation>
  </message>
  <message>
   <source>Folder of the reference maps if it does not lie in the archive's folder.</source>
   <translation>Ordner der Referenzkarten, wenn er nicht im Ordner des Archivs liegt.</translation>
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
   <translation>Ordner mit Wheels, aus denen installiert wird. Damit wird kein Netz benutzt.</translation>
  </message>
  <message>
   <source>Folder that a training writes, or a folder of such folders.</source>
   <translation>Ordner, den ein Training schreibt, oder ein Ordner mit solchen Ordnern.</translation>
  </message>
  <message>
   <source>Folder with a dataset.json, as 'Export a dataset' or 'Build a GEDI biomass dataset' writes it, in any form.</source>
   <translation>Ordner mit einer dataset.json, wie 'Datensatz exportieren' oder 'GEDI-Biomasse-Datensatz erstellen' ihn schreibt, in jeder Form.</translation>
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
   <translation>Footprints in einer HDF5-Datei; so viel wird nach einer Unterbrechung wiederholt.</translation>
  </message>
  <message>
   <source>Footprints in the dataset.</source>
   <translation>Footprints im Datensatz.</translation>
  </message>
  <message>
   <source>Footprints left out; the logs say why.</source>
   <translation>Ausgelassene Footprints; die Protokolle sagen, warum.</translation>
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
   <translation>Footprints mit einem Fenster.</translation>
  </message>
  <message>
   <source>Footprints without one.</source>
   <translation>Footprints ohne eines.</translation>
  </message>
  <message>
   <source>For models that classify whole patches: 'pixel' blends overlapping patches into a value for every pixel, 'stride' gives one pixel for every step from patch to patch. OVERLAP is then how many px neighbouring patches share; -1 means half a patch.</source>
   <translation>Für Modelle, die ganze Patches klassifizieren: 'pixel' mischt überlappende Patches zu einem Wert je Pixel, 'stride' ergibt ein Pixel je Schritt von Patch zu Patch. OVERLAP ist dann, wie viele px benachbarte Patches teilen; -1 heißt einen halben Patch.</translation>
  </message>
  <message>
   <source>For polygons: name of the field that holds the class. Empty for a raster.</source>
   <translation>Bei Polygonen: Name des Feldes mit der Klasse. Leer bei einem Raster.</translation>
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
   <translation>GEDI-L4A-Granulen; Dateien und Ordner. Nicht nötig, wo Tabellen angegeben sind.</translation>
  </message>
  <message>
   <source>GEDI's footprints come in bursts. This takes a given number so that no day of the year has much more than its share, and fills up from where there are more if some days have too few.</source>
   <translation>Die Footprints von GEDI kommen in Schüben. Dies nimmt eine gegebene Zahl so, dass kein Tag des Jahres viel mehr als seinen Anteil hat, und füllt auf, wo es mehr gibt, wenn manche Tage zu wenige haben.</translation>
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
   <translation>Erzeugt, und sagt das in den Metadaten, eine Szene wie von Sentinel-2 und Sentinel-1 mit Wolken und einem Nodata-Rand, und ein BigEarthNet-v2-Archiv in der offiziellen Anordnung. Nichts wird heruntergeladen. Derselbe Startwert ergibt dieselben Daten.</translation>
  </message>
  <message>
   <source>Generating landscapes</source>
   <translation>Landschaften werden erzeugt</translation>
  </message>
  <message>
   <source>GeoPackage (*.gpkg);;CSV with semicolons (*.csv);;GeoParquet (*.parquet)</source>
   <translation>GeoPackage (*.gpkg);;CSV mit Semikolon (*.csv);;GeoParquet (*.parquet)</translation>
  </message>
  <message>
   <source>GeoParquet (*.parquet)</source>
   <translation>GeoParquet (*.parquet)</translation>
  </message>
  <message>
   <source>Getting the model's files</source>
   <translation>Dateien des Modells werden geholt</translation>
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
   <translation>Mit dem weitermachen, was ein früherer Lauf mit denselben Einstellungen fertig gemacht hat. Fertige Teildateien werden geprüft und behalten; fehlgeschlagene Patches werden noch einmal versucht. Andere Einstellungen werden abgelehnt.</translation>
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
   <translation>Wie Bänder mit 20 m und 60 m auf 10 m kommen.</translation>
  </message>
  <message>
   <source>How addresses are signed before they are read; auto signs for Planetary Computer only.</source>
   <translation>Wie Adressen vor dem Lesen signiert werden; auto signiert nur für Planetary Computer.</translation>
  </message>
  <message>
   <source>How closely</source>
   <translation>Wie genau</translation>
  </message>
  <message>
   <source>How far the probabilities are from the accuracy, on average.</source>
   <translation>Wie weit die Wahrscheinlichkeiten im Mittel von der Genauigkeit entfernt sind.</translation>
  </message>
  <message>
   <source>How high a patch's right classes rank, 1 at best.</source>
   <translation>Wie weit oben die richtigen Klassen eines Patches stehen, im besten Fall 1.</translation>
  </message>
  <message>
   <source>How many</source>
   <translation>Wie viele</translation>
  </message>
  <message>
   <source>How many GPUs of this machine share each batch; 0 for all.</source>
   <translation>Wie viele GPUs dieses Rechners sich jeden Stapel teilen; 0 für alle.</translation>
  </message>
  <message>
   <source>How many footprints it has.</source>
   <translation>Wie viele Footprints sie hat.</translation>
  </message>
  <message>
   <source>How many footprints the training table has.</source>
   <translation>Wie viele Footprints die Trainingstabelle hat.</translation>
  </message>
  <message>
   <source>How many have none. If no tile has any, the run itself fails, with the reason and the places of the table and the viewer, which are written all the same.</source>
   <translation>Wie viele keine haben. Hat keine Kachel welche, schlägt der Lauf selbst fehl, mit dem Grund und den Orten der Tabelle und des Betrachters, die trotzdem geschrieben werden.</translation>
  </message>
  <message>
   <source>How many patches to calibrate on, and how many others to compare on.</source>
   <translation>Auf wie vielen Patches kalibriert wird, und auf wie vielen anderen verglichen.</translation>
  </message>
  <message>
   <source>How many px around a chunk the model also sees. -1 takes what the model's receptive field asks; less is faster and leaves traces at the seams.</source>
   <translation>Wie viele px um einen Block das Modell außerdem sieht. -1 nimmt, was das rezeptive Feld des Modells verlangt; weniger ist schneller und hinterlässt Spuren an den Nähten.</translation>
  </message>
  <message>
   <source>How many the test table has.</source>
   <translation>Wie viele die Testtabelle hat.</translation>
  </message>
  <message>
   <source>How many tiles have maps.</source>
   <translation>Wie viele Kacheln Karten haben.</translation>
  </message>
  <message>
   <source>How many to take; all, if there are fewer.</source>
   <translation>Wie viele genommen werden; alle, wenn es weniger sind.</translation>
  </message>
  <message>
   <source>How the other rasters come onto the first one's grid.</source>
   <translation>Wie die anderen Raster auf das Gitter des ersten kommen.</translation>
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
   <translation>Enthält der Ordner einen Lauf mit denselben Einstellungen, wird er fortgesetzt; mit anderen Einstellungen wird er abgelehnt.</translation>
  </message>
  <message>
   <source>Import a model</source>
   <translation>Modell importieren</translation>
  </message>
  <message>
   <source>Importing packages</source>
   <translation>Pakete werden geladen</translation>
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
   <source>Installing packages</source>
   <translation>Pakete werden installiert</translation>
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
   <translation>JSON-Datei mit dem Steckbrief, oder einem Teil davon. Ein Modell, das eine Zahl liefert, braucht eine: sein target (name, unit, nodata, mean, std) steht dort statt der Klassen, wie im CARD, das 'Modell beschreiben' schreibt.</translation>
  </message>
  <message>
   <source>Keep only footprints in these polygons.</source>
   <translation>Nur Footprints in diesen Polygonen behalten.</translation>
  </message>
  <message>
   <source>Keep only footprints in this rectangle.</source>
   <translation>Nur Footprints in diesem Rechteck behalten.</translation>
  </message>
  <message>
   <source>Keep only shots taken with the sun below the horizon, which have less noise.</source>
   <translation>Nur Schüsse behalten, bei denen die Sonne unter dem Horizont stand; sie rauschen weniger.</translation>
  </message>
  <message>
   <source>Keep only shots whose degrade_flag is 0.</source>
   <translation>Nur Schüsse behalten, deren degrade_flag 0 ist.</translation>
  </message>
  <message>
   <source>Keep the files that an earlier run with the same settings finished.</source>
   <translation>Die Dateien behalten, die ein früherer Lauf mit denselben Einstellungen fertig gemacht hat.</translation>
  </message>
  <message>
   <source>Keep the probabilities of all classes</source>
   <translation>Wahrscheinlichkeiten aller Klassen behalten</translation>
  </message>
  <message>
   <source>Keeps a journal beside CLASS (or VALUE) while it runs. If the run is cancelled or killed, the same request goes on where it was; the map is the same to the byte. A request with other settings, another model or a changed input, also one at an address, is refused until the journal is deleted; where the other maps go may change. CLASS (or VALUE) must have a path of its own, not a temporary one.</source>
   <translation>Führt neben CLASS (oder VALUE) ein Journal, solange es läuft. Wird der Lauf abgebrochen oder beendet, fährt derselbe Auftrag dort fort; die Karte ist bis aufs Byte dieselbe. Ein Auftrag mit anderen Einstellungen, einem anderen Modell oder einer geänderten Eingabe, auch einer unter einer Adresse, wird abgelehnt, bis das Journal gelöscht ist; wohin die übrigen Karten kommen, darf sich ändern. CLASS (oder VALUE) braucht einen eigenen Pfad, keinen temporären.</translation>
  </message>
  <message>
   <source>Keeps a journal beside each tile's class map while it runs. If the run is cancelled or killed, the same request goes on where it was; the map is the same to the byte. A request with other settings, another model or a changed input, also one at an address, is refused until the journal is deleted. The folder must not be a temporary one.</source>
   <translation>Führt neben der Klassenkarte jeder Kachel ein Journal, solange es läuft. Wird der Lauf abgebrochen oder beendet, fährt derselbe Auftrag dort fort; die Karte ist bis aufs Byte dieselbe. Ein Auftrag mit anderen Einstellungen, einem anderen Modell oder einer geänderten Eingabe, auch einer unter einer Adresse, wird abgelehnt, bis das Journal gelöscht ist. Der Ordner darf kein temporärer sein.</translation>
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
   <translation>Letzter Tag, einschließlich.</translation>
  </message>
  <message>
   <source>Layers of your own, one 'name = expression' a line, computed for every pixel: p[3] or p["Arable land"] is the probability of a class, B08 (or band["name"]) a band in the unit of the model's card; + - * / ** %, &lt; &lt;= &gt; &gt;= == !=, and, or, not; sum, mean, min, max (of several values, or over all classes: max(p)), abs, sqrt, exp, log, log10, floor, ceil, where(condition, a, b). Nothing else is allowed, so an expression cannot run code. Where there is no map, the layer is NaN.</source>
   <translation>Eigene Layer, je Zeile einer: 'Name = Ausdruck', für jedes Pixel berechnet: p[3] oder p["Arable land"] ist die Wahrscheinlichkeit einer Klasse, B08 (oder band["name"]) ein Band in der Einheit des Modell-Steckbriefs; + - * / ** %, &lt; &lt;= &gt; &gt;= == !=, and, or, not; sum, mean, min, max (mehrerer Werte, oder über alle Klassen: max(p)), abs, sqrt, exp, log, log10, floor, ceil, where(Bedingung, a, b). Mehr ist nicht erlaubt, ein Ausdruck kann also keinen Code ausführen. Wo es keine Karte gibt, ist der Layer NaN.</translation>
  </message>
  <message>
   <source>Layers of your own, one 'name = expression' a line, computed for every pixel: p[3] or p["Arable land"] is the probability of a class; + - * / ** %, &lt; &lt;= &gt; &gt;= == !=, and, or, not; sum, mean, min, max (of several values, or over all classes: max(p)), abs, sqrt, exp, log, log10, floor, ceil, where(condition, a, b). Nothing else is allowed, so an expression cannot run code. Where there is no map, the layer is NaN.</source>
   <translation>Eigene Layer, je Zeile einer: 'Name = Ausdruck', für jedes Pixel berechnet: p[3] oder p["Arable land"] ist die Wahrscheinlichkeit einer Klasse; + - * / ** %, &lt; &lt;= &gt; &gt;= == !=, and, or, not; sum, mean, min, max (mehrerer Werte, oder über alle Klassen: max(p)), abs, sqrt, exp, log, log10, floor, ceil, where(Bedingung, a, b). Mehr ist nicht erlaubt, ein Ausdruck kann also keinen Code ausführen. Wo es keine Karte gibt, ist der Layer NaN.</translation>
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
   <translation>Lernt vom Trainingsteil eines Datensatzes, sieht nach jeder Epoche auf den Validierungsteil und behält das beste Netz: als .onnx für Karten, als .keras zum Weiterarbeiten. Bänder werden mit der Statistik des Datensatzes normiert, die in den Steckbrief des Modells kommt. Pixel ohne Label oder ohne Messung zählen nicht. Ein Datensatz aus GEDI-Footprints hat statt Klassen eine Zahl zu lernen, Biomasse in Mg/ha: das Netz hat dann einen linearen Ausgang in dieser Einheit und ist das beste, wo sein RMSE am kleinsten ist. Der Ordner des Laufs behält die Einstellungen, history.csv, Protokolle für TensorBoard, den letzten Checkpoint und einen Bericht. Ein unterbrochener Lauf fährt nach seiner letzten vollen Epoche fort und endet, als wäre er nicht unterbrochen worden; Abbrechen behält das bisher beste.</translation>
  </message>
  <message>
   <source>Least 0, greatest 1</source>
   <translation>Kleinster 0, größter 1</translation>
  </message>
  <message>
   <source>Least aboveground biomass density, Mg/ha.</source>
   <translation>Kleinste oberirdische Biomassedichte, Mg/ha.</translation>
  </message>
  <message>
   <source>Least beam sensitivity (0: any)</source>
   <translation>Mindestempfindlichkeit des Strahls (0: beliebig)</translation>
  </message>
  <message>
   <source>Least beam sensitivity, from 0 to 1; 0.95 is common in dense forest.</source>
   <translation>Mindestempfindlichkeit des Strahls, von 0 bis 1; in dichtem Wald ist 0.95 üblich.</translation>
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
   <translation>Patches auslassen, die die Metadaten oder die veröffentlichten Listen für Wolken oder Schatten kennzeichnen. Ein Index, der davon nichts weiß, wird abgelehnt.</translation>
  </message>
  <message>
   <source>Leave out patches that the metadata, or the published lists, flag for seasonal snow. An index that knows of none is refused.</source>
   <translation>Patches auslassen, die die Metadaten oder die veröffentlichten Listen für jahreszeitlichen Schnee kennzeichnen. Ein Index, der davon nichts weiß, wird abgelehnt.</translation>
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
   <translation>Die vier schwächeren Deckungsstrahlen auslassen.</translation>
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
   <source>Looking for labels</source>
   <translation>Labels werden gesucht</translation>
  </message>
  <message>
   <source>Looking for tiles</source>
   <translation>Kacheln werden gesucht</translation>
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
   <translation>Macht den Patch-Index, eine GeoParquet-Tabelle mit einem Polygon je Patch, aus der Datensätze exportiert werden. Mit den offiziellen Metadaten nimmt es Paare, Aufteilung, Länder und Labels von dort. Ohne sie findet es die Patches und paart Sentinel-1 mit Sentinel-2 nach Kachel, Ort und nächstem Tag (Version 2) oder nach dem JSON der Patches selbst (Version 1). Patches, die kein Paar sind, oder keines ohne Zweifel, werden mit dem Grund aufgelistet, ebenso Paare, deren Labels sich nicht lesen lassen. Keine Datei des Archivs wird verändert.</translation>
  </message>
  <message>
   <source>Mapping</source>
   <translation>Kartierung</translation>
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
   <translation>Kartiert jedes Produkt oder Raster eines Ordners in einen eigenen Ordner, wobei das Modell nur einmal geladen wird. Eine Kachel, die fehlschlägt, ist eine Zeile in der Tabelle und auf der Seite und hält die übrigen nie auf. Kacheln, die ein früherer Lauf mit demselben Auftrag und derselben Eingabe fertig gemacht hat, bleiben. Neben den Karten liegen benchmark_report.csv, viewer.html (eine Datei, ohne Netz) und eine STAC-Sammlung.</translation>
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
   <translation>Mittleres F1 der Klassen bei einer Schwelle von 0.5.</translation>
  </message>
  <message>
   <source>Mean F1 of the classes in the truth.</source>
   <translation>Mittleres F1 der Klassen in der Wahrheit.</translation>
  </message>
  <message>
   <source>Mean IoU (pixels)</source>
   <translation>Mittlere IoU (Pixel)</translation>
  </message>
  <message>
   <source>Mean IoU per pixel, or mean average precision per patch; of a number its RMSE, in its unit.</source>
   <translation>Mittlere IoU je Pixel, oder mittlere Präzision je Patch; bei einer Zahl ihr RMSE, in ihrer Einheit.</translation>
  </message>
  <message>
   <source>Mean absolute error (numbers)</source>
   <translation>Mittlerer absoluter Fehler (Zahlen)</translation>
  </message>
  <message>
   <source>Mean absolute error, likewise.</source>
   <translation>Mittlerer absoluter Fehler, ebenso.</translation>
  </message>
  <message>
   <source>Mean and deviation of the training patches of this export, which are read once more for it, or the official ones of the archive's version.</source>
   <translation>Mittelwert und Standardabweichung der Trainingspatches dieses Exports, die dafür noch einmal gelesen werden, oder die offiziellen der Version des Archivs.</translation>
  </message>
  <message>
   <source>Mean intersection over union of the classes in the truth.</source>
   <translation>Mittlere IoU (Schnitt durch Vereinigung) der Klassen in der Wahrheit.</translation>
  </message>
  <message>
   <source>Mean of predicted less observed.</source>
   <translation>Mittel aus vorhergesagt minus beobachtet.</translation>
  </message>
  <message>
   <source>Mean of the classes' average precisions.</source>
   <translation>Mittel der mittleren Präzisionen der Klassen.</translation>
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
   <source>Measuring the training patches</source>
   <translation>Trainingspatches werden vermessen</translation>
  </message>
  <message>
   <source>Medium, to compare models</source>
   <translation>Mittel, zum Vergleichen von Modellen</translation>
  </message>
  <message>
   <source>Megapixels a second in the test inference.</source>
   <translation>Megapixel je Sekunde in der Probe.</translation>
  </message>
  <message>
   <source>Memory limit in MB (0: auto)</source>
   <translation>Speichergrenze in MB (0: automatisch)</translation>
  </message>
  <message>
   <source>Memory that the run may use, in MB; 0 means 800.</source>
   <translation>Speicher, den der Lauf benutzen darf, in MB; 0 heißt 800.</translation>
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
   <translation>Modell, mit dem die Inferenz versucht wird. Ohne es dient ein kleines eingebautes Netz.</translation>
  </message>
  <message>
   <source>Models</source>
   <translation>Modelle</translation>
  </message>
  <message>
   <source>More than 1 saves time where the validation split is large.</source>
   <translation>Mehr als 1 spart Zeit, wo der Validierungsteil groß ist.</translation>
  </message>
  <message>
   <source>Most aboveground biomass density, Mg/ha; 0 for no limit.</source>
   <translation>Größte oberirdische Biomassedichte, Mg/ha; 0 für keine Grenze.</translation>
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
   <translation>Höchstens so viele Tage zwischen den beiden Bildern eines Paares. Im offiziellen Archiv sind es 6.</translation>
  </message>
  <message>
   <source>Most days in a pair</source>
   <translation>Höchstens Tage in einem Paar</translation>
  </message>
  <message>
   <source>Most probable class, with names and colours; 255 is nodata. A model of classes needs it; for one that gives a number it is left out, as MAXPROB, ENTROPY and GAP are.</source>
   <translation>Wahrscheinlichste Klasse, mit Namen und Farben; 255 ist Nodata. Ein Klassenmodell braucht sie; bei einem, das eine Zahl liefert, entfällt sie, ebenso MAXPROB, ENTROPY und GAP.</translation>
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
   <translation>Name der Sammlung von Kacheln des Copernicus DEM.</translation>
  </message>
  <message>
   <source>Name of the collection of Sentinel-2 L2A scenes in the catalogue.</source>
   <translation>Name der Sammlung von Sentinel-2-L2A-Szenen im Katalog.</translation>
  </message>
  <message>
   <source>Name of the collection of WorldCover tiles.</source>
   <translation>Name der Sammlung von WorldCover-Kacheln.</translation>
  </message>
  <message>
   <source>Name of the nomenclature that the classes are of, such as ben19.</source>
   <translation>Name der Nomenklatur, aus der die Klassen sind, etwa ben19.</translation>
  </message>
  <message>
   <source>Names in the order in which the network gets them, such as B02,B03,B04,B08. What is mapped later must have all of them: leave out a GEDI dataset's altitude, slope and worldcover if your scenes lack them.</source>
   <translation>Namen in der Reihenfolge, in der das Netz sie bekommt, etwa B02,B03,B04,B08. Was später kartiert wird, muss alle haben: lassen Sie altitude, slope und worldcover eines GEDI-Datensatzes weg, wenn Ihre Szenen sie nicht haben.</translation>
  </message>
  <message>
   <source>Names of built-in layers, separated by commas: class, maxprob, entropy, gap, second_class, margin_of_doubt.</source>
   <translation>Namen eingebauter Layer, durch Kommas getrennt: class, maxprob, entropy, gap, second_class, margin_of_doubt.</translation>
  </message>
  <message>
   <source>Names of further built-in layers, separated by commas: second_class (the class that comes second), margin_of_doubt (1 minus the gap). They go into EXTRA.</source>
   <translation>Namen weiterer eingebauter Layer, durch Kommas getrennt: second_class (die zweitwahrscheinlichste Klasse), margin_of_doubt (1 minus den Abstand). Sie kommen nach EXTRA.</translation>
  </message>
  <message>
   <source>Names of further built-in layers, separated by commas: second_class (the class that comes second), margin_of_doubt (1 minus the gap). They go into a folder of each tile's.</source>
   <translation>Namen weiterer eingebauter Layer, durch Kommas getrennt: second_class (die zweitwahrscheinlichste Klasse), margin_of_doubt (1 minus den Abstand). Sie kommen in einen Ordner jeder Kachel.</translation>
  </message>
  <message>
   <source>Names of the bands</source>
   <translation>Namen der Bänder</translation>
  </message>
  <message>
   <source>Names of the bands in the order of the model's channels, separated by commas, such as B02,B03,B04.</source>
   <translation>Namen der Bänder in der Reihenfolge der Kanäle des Modells, durch Kommas getrennt, etwa B02,B03,B04.</translation>
  </message>
  <message>
   <source>Names of the classes in the order of the model's outputs, separated by commas.</source>
   <translation>Namen der Klassen in der Reihenfolge der Ausgänge des Modells, durch Kommas getrennt.</translation>
  </message>
  <message>
   <source>Names of the products it was made from.</source>
   <translation>Namen der Produkte, aus denen es gemacht ist.</translation>
  </message>
  <message>
   <source>Names such as B02, B03, in the order of the rasters' bands, separated by commas; empty to take the bands' own descriptions. Models find their bands by these names.</source>
   <translation>Namen wie B02, B03, in der Reihenfolge der Bänder der Raster, durch Kommas getrennt; leer, um die Beschreibungen der Bänder selbst zu nehmen. Modelle finden ihre Bänder an diesen Namen.</translation>
  </message>
  <message>
   <source>Names such as B02,B03,B04,SCL, separated by commas; empty for all that the scene has.</source>
   <translation>Namen wie B02,B03,B04,SCL, durch Kommas getrennt; leer für alle, die die Szene hat.</translation>
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
   <translation>Ein Band je Klasse mit ihrer Wahrscheinlichkeit.</translation>
  </message>
  <message>
   <source>One for each step between patches</source>
   <translation>Eines je Schritt zwischen Patches</translation>
  </message>
  <message>
   <source>One more raster a tile, with a band for each class; as 'byte' it is small, and asking one pixel for all classes is quick.</source>
   <translation>Ein weiteres Raster je Kachel, mit einem Band je Klasse; als 'byte' ist es klein, und ein Pixel nach allen Klassen zu fragen geht schnell.</translation>
  </message>
  <message>
   <source>One or more rasters. The first sets the grid; the others are brought onto it.</source>
   <translation>Ein oder mehrere Raster. Das erste bestimmt das Gitter; die anderen werden darauf gebracht.</translation>
  </message>
  <message>
   <source>One raster with all bands, or several that have the bands together, layers, files, or s3:// and https:// addresses. Bands are found by their names (descriptions).</source>
   <translation>Ein Raster mit allen Bändern, oder mehrere, die die Bänder zusammen haben, Layer, Dateien oder Adressen mit s3:// und https://. Die Bänder werden an ihren Namen (Beschreibungen) erkannt.</translation>
  </message>
  <message>
   <source>Only chips that lie wholly inside; empty for the whole raster.</source>
   <translation>Nur Chips, die ganz darin liegen; leer für das ganze Raster.</translation>
  </message>
  <message>
   <source>Only full power beams</source>
   <translation>Nur Strahlen voller Leistung</translation>
  </message>
  <message>
   <source>Only needed where the bands have no usable names: model band = band number, counted over all rasters from 1, or = the name that the band has, such as B02=1,B03=2.</source>
   <translation>Nur nötig, wo die Bänder keine brauchbaren Namen haben: Band des Modells = Nummer des Bandes, über alle Raster ab 1 gezählt, oder = der Name, den das Band hat, etwa B02=1,B03=2.</translation>
  </message>
  <message>
   <source>Only pixels inside the polygons, or where the mask raster is neither 0 nor nodata, are computed. Polygons are used with unsaved edits.</source>
   <translation>Nur Pixel in den Polygonen, oder wo das Maskenraster weder 0 noch Nodata ist, werden berechnet. Polygone gelten mit ungespeicherten Änderungen.</translation>
  </message>
  <message>
   <source>Only say what would be deleted</source>
   <translation>Nur sagen, was gelöscht würde</translation>
  </message>
  <message>
   <source>Only scenes with less cloud cover, in per cent.</source>
   <translation>Nur Szenen mit weniger Bewölkung, in Prozent.</translation>
  </message>
  <message>
   <source>Only scenes with less cloud cover, in per cent; the least cloudy is tried first.</source>
   <translation>Nur Szenen mit weniger Bewölkung, in Prozent; die am wenigsten bewölkte wird zuerst versucht.</translation>
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
   <translation>Nur dieser Teil wird berechnet. Die Karten bedecken die Pixel, die er berührt.</translation>
  </message>
  <message>
   <source>Only where the product does not say its processing baseline, or says it wrongly: what is added to its stored numbers, such as -1000 since baseline 04.00.</source>
   <translation>Nur wo das Produkt seine Baseline nicht oder falsch nennt: was zu seinen gespeicherten Zahlen addiert wird, etwa -1000 seit Baseline 04.00.</translation>
  </message>
  <message>
   <source>Opening the model and the dataset</source>
   <translation>Modell und Datensatz werden geöffnet</translation>
  </message>
  <message>
   <source>Opening the model and the scene</source>
   <translation>Modell und Szene werden geöffnet</translation>
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
   <translation>Durchgänge durch den Trainingsteil.</translation>
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
   <translation>Patches in einer Teildatei: was zusammen geschrieben, geprüft und fortgesetzt wird.</translation>
  </message>
  <message>
   <source>Patches in one inference; fewer take less memory.</source>
   <translation>Patches in einer Inferenz; weniger brauchen weniger Speicher.</translation>
  </message>
  <message>
   <source>Patches shown as pictures</source>
   <translation>Als Bilder gezeigte Patches</translation>
  </message>
  <message>
   <source>Patches shown as pictures.</source>
   <translation>Als Bilder gezeigte Patches.</translation>
  </message>
  <message>
   <source>Patches that are no pair</source>
   <translation>Patches, die kein Paar sind</translation>
  </message>
  <message>
   <source>Patches that could not be written; the log says why.</source>
   <translation>Patches, die sich nicht schreiben ließen; das Protokoll sagt, warum.</translation>
  </message>
  <message>
   <source>Patches that failed</source>
   <translation>Fehlgeschlagene Patches</translation>
  </message>
  <message>
   <source>Patches that were checked.</source>
   <translation>Geprüfte Patches.</translation>
  </message>
  <message>
   <source>Patches to calibrate on</source>
   <translation>Patches zum Kalibrieren</translation>
  </message>
  <message>
   <source>Patches with a missing or bad file.</source>
   <translation>Patches mit einer fehlenden oder schlechten Datei.</translation>
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
   <translation>Geschriebene Patches.</translation>
  </message>
  <message>
   <source>Path of the dataset card.</source>
   <translation>Pfad des Steckbriefs.</translation>
  </message>
  <message>
   <source>Path of the environment's Python.</source>
   <translation>Pfad des Pythons der Umgebung.</translation>
  </message>
  <message>
   <source>Path of the log: one line of JSON for each rejected footprint.</source>
   <translation>Pfad des Protokolls: eine Zeile JSON je verworfenem Footprint.</translation>
  </message>
  <message>
   <source>Path of the test file.</source>
   <translation>Pfad der Testdatei.</translation>
  </message>
  <message>
   <source>Path of the training file.</source>
   <translation>Pfad der Trainingsdatei.</translation>
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
   <translation>Pixelgröße des Rasters, in Metern; gröbere Bänder werden interpoliert.</translation>
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
   <translation>Port auf 127.0.0.1; 0 nimmt einen beliebigen freien.</translation>
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
   <translation>Wahrscheinlichkeit dieser Klasse, 0 bis 1.</translation>
  </message>
  <message>
   <source>Probability of the first class minus that of the second: small where two classes compete.</source>
   <translation>Wahrscheinlichkeit der ersten Klasse minus die der zweiten: klein, wo zwei Klassen konkurrieren.</translation>
  </message>
  <message>
   <source>Processes that work at the same time; 0 for one a core.</source>
   <translation>Prozesse, die gleichzeitig arbeiten; 0 für einen je Kern.</translation>
  </message>
  <message>
   <source>Processes, 0 for all cores</source>
   <translation>Prozesse, 0 für alle Kerne</translation>
  </message>
  <message>
   <source>Processes; 0 for all cores.</source>
   <translation>Prozesse; 0 für alle Kerne.</translation>
  </message>
  <message>
   <source>Processes; 0 for all cores. One is best where tiles are large: it uses all cores for each, with the model kept warm.</source>
   <translation>Prozesse; 0 für alle Kerne. Bei großen Kacheln ist einer am besten: er benutzt für jede alle Kerne und hält das Modell bereit.</translation>
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
   <translation>Qualitätskennzeichen der Granule, die 1 sein müssen, damit ein Footprint bleibt; keines davon, um alle zu behalten.</translation>
  </message>
  <message>
   <source>R2 (numbers)</source>
   <translation>R2 (Zahlen)</translation>
  </message>
  <message>
   <source>RESUME cannot go on with maps in temporary files, whose names the next run does not know. Give {} a path.</source>
   <translation>RESUME kann Karten in temporären Dateien nicht fortsetzen, denn der nächste Lauf kennt ihre Namen nicht. {} braucht einen Pfad.</translation>
  </message>
  <message>
   <source>Raster with a band a class. The classes' names are taken from the file, or from its bands' descriptions.</source>
   <translation>Raster mit einem Band je Klasse. Die Namen der Klassen kommen aus der Datei, oder aus den Beschreibungen ihrer Bänder.</translation>
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
   <source>Reading bands</source>
   <translation>Bänder werden gelesen</translation>
  </message>
  <message>
   <source>Reading granules</source>
   <translation>Granulen werden gelesen</translation>
  </message>
  <message>
   <source>Reading the checkpoint</source>
   <translation>Checkpoint wird gelesen</translation>
  </message>
  <message>
   <source>Reading the metadata</source>
   <translation>Metadaten werden gelesen</translation>
  </message>
  <message>
   <source>Reading the model</source>
   <translation>Modell wird gelesen</translation>
  </message>
  <message>
   <source>Reading the network</source>
   <translation>Netz wird gelesen</translation>
  </message>
  <message>
   <source>Reading the patches</source>
   <translation>Patches werden gelesen</translation>
  </message>
  <message>
   <source>Reads a dataset and writes the same patches in another form. Values, classes, splits and statistics stay the same to the last bit.</source>
   <translation>Liest einen Datensatz und schreibt dieselben Patches in anderer Form. Werte, Klassen, Aufteilung und Statistik bleiben bis aufs letzte Bit gleich.</translation>
  </message>
  <message>
   <source>Reads every beam of GEDI L4A granules (V2.1, HDF5, or ZIP with one inside), keeps footprints whose quality flags are 1 and whose relative standard error is low enough, and writes one table for training years and one for test years, in random order. As GeoPackage or GeoParquet the footprints open in QGIS as points. No granule is changed.</source>
   <translation>Liest jeden Strahl von GEDI-L4A-Granulen (V2.1, HDF5, oder ein ZIP mit einer darin), behält Footprints, deren Qualitätskennzeichen 1 sind und deren relativer Standardfehler klein genug ist, und schreibt eine Tabelle für Trainingsjahre und eine für Testjahre, in zufälliger Reihenfolge. Als GeoPackage oder GeoParquet öffnen sich die Footprints in QGIS als Punkte. Keine Granule wird verändert.</translation>
  </message>
  <message>
   <source>Reads the patches of an index, brings 20 m and 60 m bands to 10 m, turns CORINE codes into classes, deals patches into splits, and writes them as shards of one split each, with a card (dataset.json) that says everything needed to use them. A bad patch never stops the run: it is a line in the log, with the reason. A run that was stopped goes on where it was.</source>
   <translation>Liest die Patches eines Index, bringt Bänder mit 20 m und 60 m auf 10 m, macht aus CORINE-Codes Klassen, verteilt die Patches auf Teile, und schreibt sie als Teildateien von je einem Teil, mit einem Steckbrief (dataset.json), der alles sagt, was man zum Benutzen wissen muss. Ein schlechter Patch hält den Lauf nie auf: er ist eine Zeile im Protokoll, mit dem Grund. Ein unterbrochener Lauf fährt fort, wo er war.</translation>
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
   <source>Relabelling</source>
   <translation>Labels werden umgeschrieben</translation>
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
   <translation>Nennt die Versionen von QGIS, Python, GDAL und der Pakete, die Ausführungs-Provider, die wirklich arbeiten, GPU und Treiber, Prozessor, Speicher und Platte, und wie schnell eine kleine Inferenz ist. Pfade in Ihrem Heimatordner sind gekürzt, der Bericht kann also weitergegeben werden.</translation>
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
   <translation>Die JSON-Datei jedes Patches selbst umschreiben, und das Original daneben mit '.orig' behalten. Lassen Sie dann den Ordner für die Labels leer.</translation>
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
   <translation>Wurzel des mittleren quadratischen Fehlers, in der Einheit der Zahl.</translation>
  </message>
  <message>
   <source>Rows of the index.</source>
   <translation>Zeilen des Index.</translation>
  </message>
  <message>
   <source>Rows with a Sentinel-1 and a Sentinel-2 part that belong together.</source>
   <translation>Zeilen mit einem Sentinel-1- und einem Sentinel-2-Teil, die zusammengehören.</translation>
  </message>
  <message>
   <source>Rows without; the column 'reason' says why.</source>
   <translation>Zeilen ohne; die Spalte 'reason' sagt, warum.</translation>
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
   <source>Running a test inference</source>
   <translation>Probe einer Inferenz</translation>
  </message>
  <message>
   <source>Running the model to measure it</source>
   <translation>Modell läuft, um es zu messen</translation>
  </message>
  <message>
   <source>Running the network</source>
   <translation>Netz läuft</translation>
  </message>
  <message>
   <source>Running the network to measure it</source>
   <translation>Netz läuft, um es zu messen</translation>
  </message>
  <message>
   <source>Runs a model file on one split of a dataset, by the same path that makes maps, and compares with the labels. Bands and classes are bound by name; a dataset that lacks one is refused. Models per pixel get accuracy, precision, recall, F1 and IoU of each class, kappa, the confusion matrix, how honest the probabilities are (expected calibration error), and whether the entropy tells wrong pixels from right ones. Models of whole patches get average precision (macro and micro) first, then precision, recall and F scores, Hamming loss, subset accuracy, one-error, coverage, ranking loss and label ranking average precision. Models that give a number, such as biomass, get RMSE, mean absolute error, R2 and bias, and a plot of predicted against observed values. Every figure is the one of scikit-learn.</source>
   <translation>Wendet eine Modelldatei auf einen Teil eines Datensatzes an, auf demselben Weg, der Karten macht, und vergleicht mit den Labels. Bänder und Klassen werden an ihren Namen erkannt; ein Datensatz, dem eines fehlt, wird abgelehnt. Pixelmodelle bekommen Genauigkeit, Präzision, Trefferquote, F1 und IoU jeder Klasse, Kappa, die Konfusionsmatrix, wie ehrlich die Wahrscheinlichkeiten sind (erwarteter Kalibrierungsfehler), und ob die Entropie falsche Pixel von richtigen unterscheidet. Modelle ganzer Patches bekommen zuerst die mittlere Präzision (makro und mikro), dann Präzision, Trefferquote und F-Werte, Hamming-Verlust, Teilmengengenauigkeit, One-Error, Coverage, Rangverlust und mittlere Präzision der Label-Rangfolge. Modelle, die eine Zahl liefern, etwa Biomasse, bekommen RMSE, mittleren absoluten Fehler, R2 und Verzerrung, und ein Bild der vorhergesagten gegen die beobachteten Werte. Jede Kennzahl ist die von scikit-learn.</translation>
  </message>
  <message>
   <source>Runs with the same seed choose the same.</source>
   <translation>Läufe mit demselben Startwert wählen dasselbe.</translation>
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
   <translation>Durchsucht einen Katalog nach Sentinel-2-L2A-Szenen eines Gebiets und einer Zeit, nimmt den Tag, der das ganze Gebiet mit der geringsten Bewölkung zeigt, und schreibt ihn als ein Raster: Bänder mit Namen in einer Pixelgröße, die Szenenklassifikation (SCL) zuletzt, der Versatz neuerer Baselines angewendet. Es lässt sich sofort klassifizieren.</translation>
  </message>
  <message>
   <source>Searching scenes and tiles</source>
   <translation>Szenen und Kacheln werden gesucht</translation>
  </message>
  <message>
   <source>Seed</source>
   <translation>Startwert des Zufalls</translation>
  </message>
  <message>
   <source>Seed of every random choice.</source>
   <translation>Startwert jeder zufälligen Wahl.</translation>
  </message>
  <message>
   <source>Seed of every random choice: the same seed gives the same files.</source>
   <translation>Startwert jeder zufälligen Wahl: derselbe Startwert ergibt dieselben Dateien.</translation>
  </message>
  <message>
   <source>Seed of the choice of patches.</source>
   <translation>Startwert der Wahl der Patches.</translation>
  </message>
  <message>
   <source>Seed of which patches are shown.</source>
   <translation>Startwert der Wahl, welche Patches gezeigt werden.</translation>
  </message>
  <message>
   <source>Sees whether every file of every patch is there and sound.</source>
   <translation>Prüft, ob jede Datei jedes Patches da und unversehrt ist.</translation>
  </message>
  <message>
   <source>Sentinel-1 for models that want it: a raster with bands named VV and VH, or a folder of rasters with VV and VH in their names, also at an s3:// address. It is warped onto the Sentinel-2 grid; what it does not cover becomes nodata.</source>
   <translation>Sentinel-1 für Modelle, die es wollen: ein Raster mit Bändern namens VV und VH, oder ein Ordner mit Rastern, die VV und VH im Namen haben, auch unter einer Adresse mit s3://. Es wird auf das Sentinel-2-Gitter gebracht; was es nicht bedeckt, wird Nodata.</translation>
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
   <translation>Einstellungen, history.csv, Checkpoint, TensorBoard-Protokolle, best.onnx, best.keras und report.html.</translation>
  </message>
  <message>
   <source>Shannon entropy of the probabilities, divided by its maximum: 0 is sure, 1 is a guess.</source>
   <translation>Shannon-Entropie der Wahrscheinlichkeiten, geteilt durch ihr Maximum: 0 ist sicher, 1 ist geraten.</translation>
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
   <translation>Anteil jedes Teils, der geprüft wird.</translation>
  </message>
  <message>
   <source>Share of each split to write.</source>
   <translation>Anteil jedes Teils, der geschrieben wird.</translation>
  </message>
  <message>
   <source>Share of pixels or patches that get the same class as in float32; of a number, share within a hundredth of its standard deviation. The card has the differences, too.</source>
   <translation>Anteil der Pixel oder Patches, die dieselbe Klasse bekommen wie in float32; bei einer Zahl der Anteil, der auf ein Hundertstel ihrer Standardabweichung gleich ist. Die Abweichungen stehen auch im Steckbrief.</translation>
  </message>
  <message>
   <source>Share of right pixels.</source>
   <translation>Anteil der richtigen Pixel.</translation>
  </message>
  <message>
   <source>Share of the observed values' variance that the model explains; below 0 the mean would be better.</source>
   <translation>Anteil der Varianz der beobachteten Werte, den das Modell erklärt; unter 0 wäre der Mittelwert besser.</translation>
  </message>
  <message>
   <source>Share of the training footprints that training only watches, by places of about a kilometre; 0 for none.</source>
   <translation>Anteil der Footprints zum Trainieren, den das Training nur beobachtet, nach Orten von etwa einem Kilometer; 0 für keinen.</translation>
  </message>
  <message>
   <source>Shows a model's bands, units and scaling, classes with their colours, sizes, receptive field, and where it comes from.</source>
   <translation>Zeigt die Bänder eines Modells, Einheiten und Skalierung, Klassen mit ihren Farben, Größen, rezeptives Feld und woher es kommt.</translation>
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
   <translation>Zeigt Fenster gedreht und gespiegelt, denn von oben gibt es keine bevorzugte Richtung.</translation>
  </message>
  <message>
   <source>Side of a chip in px.</source>
   <translation>Seitenlänge eines Chips in px.</translation>
  </message>
  <message>
   <source>Side of a chunk in px; 0 chooses it by the memory limit. It does not change the map.</source>
   <translation>Seitenlänge eines Blocks in px; 0 wählt sie nach der Speichergrenze. Die Karte ändert sich dadurch nicht.</translation>
  </message>
  <message>
   <source>Side of the windows cut at random from patches that are labelled per pixel; 0 means 48 px, or the patch where that is smaller.</source>
   <translation>Seitenlänge der Fenster, die zufällig aus pixelweise beschrifteten Patches geschnitten werden; 0 heißt 48 px, oder der Patch, wo er kleiner ist.</translation>
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
   <source>Starting TensorBoard</source>
   <translation>TensorBoard wird gestartet</translation>
  </message>
  <message>
   <source>Starts TensorBoard on the logs of a training, or of all trainings in a folder, on this machine alone (127.0.0.1), and says its address. It runs until Cancel, and ends with QGIS in any case. From the menu Raster, Coverloom it is started beside your work, and opens in your browser.</source>
   <translation>Startet TensorBoard auf den Protokollen eines Trainings, oder aller Trainings in einem Ordner, nur auf diesem Rechner (127.0.0.1), und nennt die Adresse. Es läuft bis zum Abbrechen und endet auf jeden Fall mit QGIS. Aus dem Menü Raster, Coverloom wird es neben Ihrer Arbeit gestartet und öffnet sich im Browser.</translation>
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
   <translation>Schritt von einem Chip zum nächsten in px; ist er kleiner als die Größe der Chips, überlappen sie.</translation>
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
   <translation>Nach so vielen Validierungen ohne eine bessere aufhören.</translation>
  </message>
  <message>
   <source>Stop, or report the file and skip it.</source>
   <translation>Anhalten, oder die Datei melden und überspringen.</translation>
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
   <translation>Wird von jedem Band abgezogen. Eine Zahl, oder eine je Band; leer heißt 0.</translation>
  </message>
  <message>
   <source>Table of exactly the test footprints to extract.</source>
   <translation>Tabelle genau der Footprints zum Testen, die ausgeschnitten werden.</translation>
  </message>
  <message>
   <source>Table of exactly the training footprints to extract.</source>
   <translation>Tabelle genau der Footprints zum Trainieren, die ausgeschnitten werden.</translation>
  </message>
  <message>
   <source>Table of footprints that 'Combine GEDI granules' wrote.</source>
   <translation>Tabelle der Footprints, die 'GEDI-Granulen zusammenführen' geschrieben hat.</translation>
  </message>
  <message>
   <source>Table of footprints.</source>
   <translation>Tabelle der Footprints.</translation>
  </message>
  <message>
   <source>Table of the test years.</source>
   <translation>Tabelle der Testjahre.</translation>
  </message>
  <message>
   <source>Table of the training years: .gpkg, .csv (separated by semicolons) or .parquet.</source>
   <translation>Tabelle der Trainingsjahre: .gpkg, .csv (durch Semikolons getrennt) oder .parquet.</translation>
  </message>
  <message>
   <source>Table to take test footprints from.</source>
   <translation>Tabelle, aus der Footprints zum Testen genommen werden.</translation>
  </message>
  <message>
   <source>Table to take training footprints from.</source>
   <translation>Tabelle, aus der Footprints zum Trainieren genommen werden.</translation>
  </message>
  <message>
   <source>Take a subset of at most so many test footprints; 0 for all.</source>
   <translation>Höchstens so viele Footprints zum Testen auswählen; 0 für alle.</translation>
  </message>
  <message>
   <source>Take a subset of at most so many training footprints; 0 for all.</source>
   <translation>Höchstens so viele Footprints zum Trainieren auswählen; 0 für alle.</translation>
  </message>
  <message>
   <source>Takes PROBS of 'Classify a raster', as numbers or scaled bytes, or any raster with a band a class and numbers from 0 to 1, and writes a raster for each layer asked for: built-in ones (class, maxprob, entropy, gap, second_class, margin_of_doubt), expressions, and functions of your own. Where there are no probabilities, the layers have none.</source>
   <translation>Nimmt PROBS von 'Raster klassifizieren', als Zahlen oder skalierte Bytes, oder jedes Raster mit einem Band je Klasse und Zahlen von 0 bis 1, und schreibt ein Raster für jeden gewünschten Layer: eingebaute (class, maxprob, entropy, gap, second_class, margin_of_doubt), Ausdrücke und eigene Funktionen. Wo es keine Wahrscheinlichkeiten gibt, haben die Layer keine Werte.</translation>
  </message>
  <message>
   <source>Takes a Keras file, the folder of a training run, or a model file, and writes an ONNX file with its card inside: bands with their scaling, classes with their colours, the receptive field as measured, where it comes from. The keys that the Deepness plugin reads are written too, and a STAC item of the Machine Learning Model extension beside the file. float16 and int8 are smaller; how many answers are the same as in float32 is measured, on a dataset if one is given, and written into the card. int8 needs a dataset to measure the range of each layer on. Keras files with Lambda layers, or with layers that are not Keras's own, hold code and are refused.</source>
   <translation>Nimmt eine Keras-Datei, den Ordner eines Trainings oder eine Modelldatei, und schreibt eine ONNX-Datei mit ihrem Steckbrief darin: Bänder mit ihrer Skalierung, Klassen mit ihren Farben, das rezeptive Feld, wie gemessen, woher es kommt. Die Schlüssel, die die Erweiterung Deepness liest, werden auch geschrieben, und daneben ein STAC-Item der Erweiterung Machine Learning Model. float16 und int8 sind kleiner; wie viele Antworten dieselben sind wie in float32, wird gemessen, auf einem Datensatz, wenn einer angegeben ist, und in den Steckbrief geschrieben. int8 braucht einen Datensatz, um den Wertebereich jeder Schicht zu messen. Keras-Dateien mit Lambda-Schichten, oder mit Schichten, die nicht von Keras selbst sind, enthalten Code und werden abgelehnt.</translation>
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
   <translation>Die ONNX-Datei, die nicht verändert wird; oder ein veröffentlichtes Modell: seine Kennung auf Hugging Face, eingetippt (mit @ und einem Commit dahinter für ein bestimmtes), sein Ordner, oder eine Datei darin (config.json, model.safetensors oder die .index eines Checkpoints), die sich im Dateidialog wählen lässt.</translation>
  </message>
  <message>
   <source>The address.</source>
   <translation>Die Adresse.</translation>
  </message>
  <message>
   <source>The area.</source>
   <translation>Das Gebiet.</translation>
  </message>
  <message>
   <source>The best network as a model file; without a path, best.onnx in the run's folder.</source>
   <translation>Das beste Netz als Modelldatei; ohne Pfad best.onnx im Ordner des Laufs.</translation>
  </message>
  <message>
   <source>The best network for Keras; without a path, best.keras in the run's folder.</source>
   <translation>Das beste Netz für Keras; ohne Pfad best.keras im Ordner des Laufs.</translation>
  </message>
  <message>
   <source>The card as JSON.</source>
   <translation>Der Steckbrief als JSON.</translation>
  </message>
  <message>
   <source>The dataset's folder.</source>
   <translation>Der Ordner des Datensatzes.</translation>
  </message>
  <message>
   <source>The dataset's folder: shards, dataset.json, croissant.json, log.jsonl.</source>
   <translation>Der Ordner des Datensatzes: Teildateien, dataset.json, croissant.json, log.jsonl.</translation>
  </message>
  <message>
   <source>The description as a page.</source>
   <translation>Die Beschreibung als Seite.</translation>
  </message>
  <message>
   <source>The extent and the layer {!r} have no pixel in common. Give an extent that lies on the layer.</source>
   <translation>Die Ausdehnung und der Layer {!r} haben kein Pixel gemeinsam. Geben Sie eine Ausdehnung an, die auf dem Layer liegt.</translation>
  </message>
  <message>
   <source>The file to write.</source>
   <translation>Die Datei, die geschrieben wird.</translation>
  </message>
  <message>
   <source>The granules; files and folders.</source>
   <translation>Die Granulen; Dateien und Ordner.</translation>
  </message>
  <message>
   <source>The highest of the schedule. unet learns well at 0.006.</source>
   <translation>Die höchste des Verlaufs. unet lernt gut mit 0.006.</translation>
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
   <translation>Das Protokoll: eine Zeile JSON je Patch.</translation>
  </message>
  <message>
   <source>The map of a model that gives a number, such as biomass: one layer in the number's unit, float32, nodata as its card says (-9999). Left out for a model of classes.</source>
   <translation>Die Karte eines Modells, das eine Zahl liefert, etwa Biomasse: ein Layer in der Einheit der Zahl, float32, Nodata wie im Steckbrief (-9999). Entfällt bei einem Klassenmodell.</translation>
  </message>
  <message>
   <source>The model file to write.</source>
   <translation>Die Modelldatei, die geschrieben wird.</translation>
  </message>
  <message>
   <source>The model file.</source>
   <translation>Die Modelldatei.</translation>
  </message>
  <message>
   <source>The network gets (stored × scale + offset − mean) / deviation. One number for all bands, or one a band, separated by commas; 1 if empty.</source>
   <translation>Das Netz bekommt (gespeichert × Faktor + Versatz − Mittelwert) / Standardabweichung. Eine Zahl für alle Bänder, oder eine je Band, durch Kommas getrennt; leer heißt 1.</translation>
  </message>
  <message>
   <source>The new dataset's folder.</source>
   <translation>Der Ordner des neuen Datensatzes.</translation>
  </message>
  <message>
   <source>The nodata settings made in QGIS for the layer {!r} are not used: what counts is the file's own nodata value.</source>
   <translation>Die in QGIS gemachten Nodata-Einstellungen des Layers {!r} werden nicht benutzt: es zählt der Nodata-Wert der Datei.</translation>
  </message>
  <message>
   <source>The official metadata.parquet, and for version 1 also the published lists patches_with_seasonal_snow.csv and patches_with_cloud_and_shadow.csv; several files separated by commas, or their folder. Empty, or lists alone, to find patches by what is there.</source>
   <translation>Die offizielle metadata.parquet, und für Version 1 auch die veröffentlichten Listen patches_with_seasonal_snow.csv und patches_with_cloud_and_shadow.csv; mehrere Dateien durch Kommas getrennt, oder ihr Ordner. Leer, oder nur die Listen, um Patches nach dem zu finden, was da ist.</translation>
  </message>
  <message>
   <source>The page.</source>
   <translation>Die Seite.</translation>
  </message>
  <message>
   <source>The patch index that 'Index a BigEarthNet archive' wrote, a local file or an s3:// address.</source>
   <translation>Der Patch-Index, den 'BigEarthNet-Archiv erfassen' geschrieben hat, eine lokale Datei oder eine Adresse mit s3://.</translation>
  </message>
  <message>
   <source>The patch index, a local file or an s3:// address.</source>
   <translation>Der Patch-Index, eine lokale Datei oder eine Adresse mit s3://.</translation>
  </message>
  <message>
   <source>The patch index.</source>
   <translation>Der Patch-Index.</translation>
  </message>
  <message>
   <source>The patches' outlines as a layer.</source>
   <translation>Die Umrisse der Patches als Layer.</translation>
  </message>
  <message>
   <source>The raster to write.</source>
   <translation>Das Raster, das geschrieben wird.</translation>
  </message>
  <message>
   <source>The report as a page.</source>
   <translation>Der Bericht als Seite.</translation>
  </message>
  <message>
   <source>The report, with plots, as one page.</source>
   <translation>Der Bericht, mit Bildern, als eine Seite.</translation>
  </message>
  <message>
   <source>The report.</source>
   <translation>Der Bericht.</translation>
  </message>
  <message>
   <source>The same as JSON.</source>
   <translation>Dasselbe als JSON.</translation>
  </message>
  <message>
   <source>The same polygons as a GeoPackage. Where this QGIS does not read GeoParquet, it is written in any case, beside the index as &lt;index&gt;.gpkg.</source>
   <translation>Dieselben Polygone als GeoPackage. Wo dieses QGIS kein GeoParquet liest, wird es auf jeden Fall geschrieben, neben dem Index als &lt;index&gt;.gpkg.</translation>
  </message>
  <message>
   <source>The same seed gives the same network on a CPU.</source>
   <translation>Derselbe Startwert ergibt auf einem Prozessor dasselbe Netz.</translation>
  </message>
  <message>
   <source>The setting 'Python interpreter'</source>
   <translation>Die Einstellung 'Python-Interpreter'</translation>
  </message>
  <message>
   <source>The split to measure on. The training split is never taken unless it is named here, and then the report says so.</source>
   <translation>Der Teil, auf dem gemessen wird. Der Trainingsteil wird nie genommen, wenn er nicht hier genannt ist, und dann sagt es der Bericht.</translation>
  </message>
  <message>
   <source>The subset: .gpkg, .csv or .parquet.</source>
   <translation>Die Auswahl: .gpkg, .csv oder .parquet.</translation>
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
   <translation>Wahr, wenn alles geht, was Karten brauchen.</translation>
  </message>
  <message>
   <source>Trying other packages</source>
   <translation>Weitere Pakete werden versucht</translation>
  </message>
  <message>
   <source>Trying the environment</source>
   <translation>Umgebung wird versucht</translation>
  </message>
  <message>
   <source>Trying the environment that is there</source>
   <translation>Vorhandene Umgebung wird versucht</translation>
  </message>
  <message>
   <source>Turns GEDI L4A granules into tables of footprints worth keeping.</source>
   <translation>Macht aus GEDI-L4A-Granulen Tabellen brauchbarer Footprints.</translation>
  </message>
  <message>
   <source>Turns the 43 CORINE classes of a version 1 archive into the 19 classes. By default a new JSON file beside each patch's own holds them, or one in another folder. The 43-class names are kept under 'original_labels'.</source>
   <translation>Macht aus den 43 CORINE-Klassen eines Archivs der Version 1 die 19 Klassen. Ohne weitere Angabe stehen sie in einer neuen JSON-Datei neben der jedes Patches, sonst in einem anderen Ordner. Die 43 Namen bleiben unter 'original_labels'.</translation>
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
   <translation>Version der ONNX-Operatoren, 13 bis 22, oder 0 für 17. Hier trainierte Netze lassen sich ab 14 schreiben; ein anderes, dem dort ein Operator fehlt, wird mit dessen Namen abgelehnt.</translation>
  </message>
  <message>
   <source>Version of a published model, 0.1.1 or 0.2.0: they take their bands in different orders. Only needed where the name does not end in it.</source>
   <translation>Version eines veröffentlichten Modells, 0.1.1 oder 0.2.0: sie nehmen ihre Bänder in verschiedener Ordnung. Nur nötig, wo der Name nicht darauf endet.</translation>
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
   <translation>Was mit dem Modell getan werden darf; es kommt in seinen Steckbrief.</translation>
  </message>
  <message>
   <source>What to do with a batch that does not fit.</source>
   <translation>Was mit einem Stapel geschieht, der nicht passt.</translation>
  </message>
  <message>
   <source>What to install</source>
   <translation>Was installiert wird</translation>
  </message>
  <message>
   <source>What to install: 'map-cpu' and 'map-gpu' apply models, 'train-cpu' and 'train-gpu' also train them (TensorFlow, several GB), 'import' takes in published models of all backbones (PyTorch; 3.1 GB to download, 6 GB on the disk, a minute or two on a fast network), which a ResNet's folder does not need. 'auto' takes map-gpu where there is an NVIDIA driver, else map-cpu.</source>
   <translation>Was installiert wird: 'map-cpu' und 'map-gpu' wenden Modelle an, 'train-cpu' und 'train-gpu' trainieren sie auch (TensorFlow, mehrere GB), 'import' übernimmt veröffentlichte Modelle aller Bauarten (PyTorch; 3,1 GB herunterzuladen, 6 GB auf der Platte, ein bis zwei Minuten in einem schnellen Netz), was der Ordner eines ResNet nicht braucht. 'auto' nimmt map-gpu, wo es einen NVIDIA-Treiber gibt, sonst map-cpu.</translation>
  </message>
  <message>
   <source>What was done, how fast, and on which device, as JSON.</source>
   <translation>Was getan wurde, wie schnell und auf welchem Gerät, als JSON.</translation>
  </message>
  <message>
   <source>What was installed and how it was tested, as JSON.</source>
   <translation>Was installiert und wie es geprüft wurde, als JSON.</translation>
  </message>
  <message>
   <source>When the output's disk has less free, the run waits two minutes for room and then stops cleanly; 0 to never look.</source>
   <translation>Hat die Platte der Ausgabe weniger frei, wartet der Lauf zwei Minuten auf Platz und hält dann sauber an; 0, um nie nachzusehen.</translation>
  </message>
  <message>
   <source>Where Copernicus DEM tiles come from, if not from the same catalogue.</source>
   <translation>Woher Kacheln des Copernicus DEM kommen, wenn nicht aus demselben Katalog.</translation>
  </message>
  <message>
   <source>Where WorldCover tiles come from, if not from the same catalogue; Earth Search has none.</source>
   <translation>Woher WorldCover-Kacheln kommen, wenn nicht aus demselben Katalog; Earth Search hat keine.</translation>
  </message>
  <message>
   <source>Where the model runs: auto takes a GPU if one can be used.</source>
   <translation>Wo das Modell läuft: auto nimmt eine GPU, wenn eine zu gebrauchen ist.</translation>
  </message>
  <message>
   <source>Whether files are there</source>
   <translation>Ob die Dateien da sind</translation>
  </message>
  <message>
   <source>Whether to draw pictures into the folder 'tables'.</source>
   <translation>Ob Bilder in den Ordner 'tables' gezeichnet werden.</translation>
  </message>
  <message>
   <source>Which GPU</source>
   <translation>Welche GPU</translation>
  </message>
  <message>
   <source>Which GPU, counted from 0.</source>
   <translation>Welche GPU, ab 0 gezählt.</translation>
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
   <translation>Fenster in einer Inferenz; 0 wählt selbst.</translation>
  </message>
  <message>
   <source>Windows in one step. It is halved once if memory runs out.</source>
   <translation>Fenster in einem Schritt. Wird einmal halbiert, wenn der Speicher ausgeht.</translation>
  </message>
  <message>
   <source>With DELETE_SOURCES: write into the log what would be deleted, and delete nothing.</source>
   <translation>Mit DELETE_SOURCES: ins Protokoll schreiben, was gelöscht würde, und nichts löschen.</translation>
  </message>
  <message>
   <source>With metadata: list only patches whose Sentinel-2 folder is there, for an archive that was unpacked in part.</source>
   <translation>Mit Metadaten: nur Patches auflisten, deren Sentinel-2-Ordner da ist, für ein teilweise entpacktes Archiv.</translation>
  </message>
  <message>
   <source>Writes a copy of an ONNX file with a card inside: which bands it takes in which units, which classes it gives. What the file says itself (Deepness's metadata are understood) need not be given. The card is checked against the network by running it. A published BigEarthNet v2 model is taken in by its id on Hugging Face, such as BIFOLD-BigEarthNetv2-0/resnet50-s2-v0.2.0, or by the folder of its config.json and model.safetensors: bands in the order of its version, the official statistics and the 19 classes in alphabetical order go into the card. ResNets need nothing more; other backbones, and downloading, need the runtime's tier import. The version 1 models (K-Branch CNN, ResNet and VGG of bigearth.net, TensorFlow checkpoints) are taken in from the unpacked folder of NAME.index and NAME.data-00000-of-00001, without TensorFlow: the network is told from the names of its tensors, the classes (19 or 43) from its outputs. Those with Sentinel-1 bands are refused, for nobody states the order of their channels.</source>
   <translation>Schreibt eine Kopie einer ONNX-Datei mit einem Steckbrief darin: welche Bänder sie in welchen Einheiten nimmt, welche Klassen sie liefert. Was die Datei selbst sagt (die Metadaten von Deepness werden verstanden), muss nicht angegeben werden. Der Steckbrief wird am Netz geprüft, indem es läuft. Ein veröffentlichtes BigEarthNet-v2-Modell wird mit seiner Kennung auf Hugging Face übernommen, etwa BIFOLD-BigEarthNetv2-0/resnet50-s2-v0.2.0, oder mit dem Ordner seiner config.json und model.safetensors: Bänder in der Ordnung seiner Version, die offizielle Statistik und die 19 Klassen in alphabetischer Ordnung kommen in den Steckbrief. ResNets brauchen sonst nichts; andere Bauarten, und das Herunterladen, brauchen die Stufe import der Laufzeitumgebung. Die Modelle der Version 1 (K-Branch CNN, ResNet und VGG von bigearth.net, TensorFlow-Checkpoints) werden aus dem entpackten Ordner mit NAME.index und NAME.data-00000-of-00001 übernommen, ohne TensorFlow: das Netz wird an den Namen seiner Tensoren erkannt, die Klassen (19 oder 43) an seinen Ausgängen. Solche mit Sentinel-1-Bändern werden abgelehnt, denn niemand nennt die Ordnung ihrer Kanäle.</translation>
  </message>
  <message>
   <source>Writes a dataset again as TFRecord, HDF5 or NPZ, every value the same.</source>
   <translation>Schreibt einen Datensatz als TFRecord, HDF5 oder NPZ neu, jeden Wert gleich.</translation>
  </message>
  <message>
   <source>Writes a page with the classes of each split, the distribution of every band, a map of the splits, and sample patches as pictures beside their labels. Above all it lists problems: damaged shards, classes that training never shows, places in more than one split.</source>
   <translation>Schreibt eine Seite mit den Klassen jedes Teils, der Verteilung jedes Bandes, einer Karte der Aufteilung und Beispielpatches als Bildern neben ihren Labels. Vor allem nennt sie Probleme: beschädigte Teildateien, Klassen, die das Training nie zeigt, Orte in mehr als einem Teil.</translation>
  </message>
  <message>
   <source>Writes a trained network as a model file, in float32, float16 or int8.</source>
   <translation>Schreibt ein trainiertes Netz als Modelldatei, in float32, float16 oder int8.</translation>
  </message>
  <message>
   <source>Writes the footprints of many HDF5 files into one, and a dataset.json beside it, with which it opens as a dataset for training. Fuse training and test footprints into one folder to have both in one dataset.</source>
   <translation>Schreibt die Footprints vieler HDF5-Dateien in eine, und daneben eine dataset.json, mit der sie sich als Datensatz zum Trainieren öffnet. Verschmelzen Sie Footprints zum Trainieren und zum Testen in einen Ordner, um beide in einem Datensatz zu haben.</translation>
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
   <source>Writing patches</source>
   <translation>Patches werden geschrieben</translation>
  </message>
  <message>
   <source>Writing the network as ONNX</source>
   <translation>Netz wird als ONNX geschrieben</translation>
  </message>
  <message>
   <source>Writing the table and the page</source>
   <translation>Tabelle und Seite werden geschrieben</translation>
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
   <translation>Jahre der Aufnahme, durch Kommas getrennt.</translation>
  </message>
  <message>
   <source>Years of acquisition, separated by commas; empty for no test table.</source>
   <translation>Jahre der Aufnahme, durch Kommas getrennt; leer für keine Testtabelle.</translation>
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
   <translation>auto: keine für tfrecord und npz, lzf für hdf5. gzip ist kleiner und um ein Vielfaches langsamer.</translation>
  </message>
  <message>
   <source>ben19: the 19 classes in alphabetical order, as the published version 2 models; ben19_v1: the same in the order of the version 1 tools; ben43; clc: all 44 CORINE classes. Pixels of no class get 255.</source>
   <translation>ben19: die 19 Klassen in alphabetischer Ordnung, wie bei den veröffentlichten Modellen der Version 2; ben19_v1: dieselben in der Ordnung der Werkzeuge der Version 1; ben43; clc: alle 44 CORINE-Klassen. Pixel ohne Klasse bekommen 255.</translation>
  </message>
  <message>
   <source>benchmark_report.csv: seconds, Mpx/s, stage times, chunks, memory, device and error of each tile.</source>
   <translation>benchmark_report.csv: Sekunden, Mpx/s, Zeiten der Schritte, Blöcke, Speicher, Gerät und Fehler jeder Kachel.</translation>
  </message>
  <message>
   <source>blocks: 4 x 4 chips always stay together, and chips across a border are left out, so that no pixel is in two splits; random: chip by chip; none: all for training. Shares are 70, 15 and 15 %.</source>
   <translation>blocks: 4 x 4 Chips bleiben immer beisammen, und Chips über eine Grenze hinweg werden ausgelassen, damit kein Pixel in zwei Teilen ist; random: Chip für Chip; none: alle zum Trainieren. Die Anteile sind 70, 15 und 15 %.</translation>
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
   <translation>float32, float16 (halb so groß, für GPUs) oder int8 (ein Viertel so groß, auf vielen Prozessoren schneller).</translation>
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
   <translation>none; zscore: minus Mittelwert, durch Standardabweichung; minmax: jeder Patch auf 0..1, gemeinsam für einen Sensor, mit gespeicherten Grenzen; reflectance: Sentinel-2 durch 10.000. Alle lassen sich rückgängig machen: der Steckbrief sagt, wie.</translation>
  </message>
  <message>
   <source>number</source>
   <translation>Zahl</translation>
  </message>
  <message>
   <source>official: the rule that gives the official split from a patch's place in its tile; metadata: as the index says; country: random with equal shares in each country; blocks: random blocks of 10 x 10 patches; files: as SPLIT_FILES list.</source>
   <translation>official: die Regel, die aus dem Ort eines Patches in seiner Kachel die offizielle Aufteilung ergibt; metadata: wie es im Index steht; country: zufällig mit gleichen Anteilen in jedem Land; blocks: zufällige Blöcke von 10 x 10 Patches; files: wie es SPLIT_FILES auflistet.</translation>
  </message>
  <message>
   <source>optional</source>
   <translation>optional</translation>
  </message>
  <message>
   <source>planetary-computer, earth-search, the address of any STAC API, a catalog.json, or a folder of SAFE products and tiles.</source>
   <translation>planetary-computer, earth-search, die Adresse einer beliebigen STAC-API, eine catalog.json, oder ein Ordner mit SAFE-Produkten und Kacheln.</translation>
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
   <translation>tfrecord: Teildateien mit tf.train.Example; hdf5: ein Block je Patch, lesbar mit h5py; npz: ein Archiv und ein JSON je Patch.</translation>
  </message>
  <message>
   <source>train, validation or test; empty to take it from the file's name.</source>
   <translation>train, validation oder test; leer, um es aus dem Namen der Datei zu nehmen.</translation>
  </message>
  <message>
   <source>uint16 keeps whole numbers exactly and is half the size; the card has scale and offset.</source>
   <translation>uint16 behält ganze Zahlen genau und ist halb so groß; der Steckbrief enthält Faktor und Versatz.</translation>
  </message>
  <message>
   <source>unet and unet_baseline answer per pixel (or per patch, if the dataset has only such labels); kbranch, vgg and resnet per patch. Of GEDI footprints unet learns the pixels that the footprint covers, resnet the footprint's number. kbranch wants bands of 10, 20 and 60 m.</source>
   <translation>unet und unet_baseline antworten je Pixel (oder je Patch, wenn der Datensatz nur solche Labels hat); kbranch, vgg und resnet je Patch. Bei GEDI-Footprints lernt unet die Pixel, die der Footprint bedeckt, resnet die Zahl des Footprints. kbranch will Bänder mit 10, 20 und 60 m.</translation>
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
   <translation>viewer.html: alle Layer aller Kacheln, ein Schieber zwischen zweien, die Fläche jeder Klasse und die Tabelle.</translation>
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
   <source>{} is {}, but only files are written. Give a path that ends in .gpkg.</source>
   <translation>{} ist {}, es werden aber nur Dateien geschrieben. Geben Sie einen Pfad an, der auf .gpkg endet.</translation>
  </message>
  <message>
   <source>{} names {}, which is no file.</source>
   <translation>{} nennt {}, das ist keine Datei.</translation>
  </message>
 </context>
</TS>
