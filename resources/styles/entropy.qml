<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.16-Białowieża" styleCategories="Symbology">
  <pipe-data-defined-properties>
    <Option type="Map">
      <Option name="name" type="QString" value=""/>
      <Option name="properties"/>
      <Option name="type" type="QString" value="collection"/>
    </Option>
  </pipe-data-defined-properties>
  <pipe>
    <provider>
      <resampling enabled="false" zoomedInResamplingMethod="nearestNeighbour" maxOversampling="2" zoomedOutResamplingMethod="nearestNeighbour"/>
    </provider>
    <rasterrenderer band="1" classificationMax="1" nodataColor="" type="singlebandpseudocolor" opacity="1" classificationMin="0" alphaBand="-1">
      <minMaxOrigin>
        <limits>None</limits>
        <extent>WholeRaster</extent>
        <statAccuracy>Estimated</statAccuracy>
        <cumulativeCutLower>0.02</cumulativeCutLower>
        <cumulativeCutUpper>0.98</cumulativeCutUpper>
        <stdDevFactor>2</stdDevFactor>
      </minMaxOrigin>
      <rastershader>
        <colorrampshader clip="0" minimumValue="0" colorRampType="INTERPOLATED" classificationMode="1" maximumValue="1" labelPrecision="6">
          <colorramp name="[source]" type="gradient">
            <Option type="Map">
              <Option name="color1" type="QString" value="0,0,4,255"/>
              <Option name="color2" type="QString" value="252,253,191,255"/>
              <Option name="discrete" type="QString" value="0"/>
              <Option name="rampType" type="QString" value="gradient"/>
              <Option name="stops" type="QString" value="0.111111;24,15,62,255:0.222222;69,16,119,255:0.333333;114,31,129,255:0.444444;159,47,127,255:0.555556;205,64,113,255:0.666667;241,96,93,255:0.777778;253,149,103,255:0.888889;254,201,141,255"/>
            </Option>
            <prop v="0,0,4,255" k="color1"/>
            <prop v="252,253,191,255" k="color2"/>
            <prop v="0" k="discrete"/>
            <prop v="gradient" k="rampType"/>
            <prop v="0.111111;24,15,62,255:0.222222;69,16,119,255:0.333333;114,31,129,255:0.444444;159,47,127,255:0.555556;205,64,113,255:0.666667;241,96,93,255:0.777778;253,149,103,255:0.888889;254,201,141,255" k="stops"/>
          </colorramp>
          <item color="#000004" value="0" label="0" alpha="255"/>
          <item color="#180f3e" value="0.111111111111111" label="0.111" alpha="255"/>
          <item color="#451077" value="0.222222222222222" label="0.222" alpha="255"/>
          <item color="#721f81" value="0.333333333333333" label="0.333" alpha="255"/>
          <item color="#9f2f7f" value="0.444444444444444" label="0.444" alpha="255"/>
          <item color="#cd4071" value="0.555555555555556" label="0.556" alpha="255"/>
          <item color="#f1605d" value="0.666666666666667" label="0.667" alpha="255"/>
          <item color="#fd9567" value="0.777777777777778" label="0.778" alpha="255"/>
          <item color="#fec98d" value="0.888888888888889" label="0.889" alpha="255"/>
          <item color="#fcfdbf" value="1" label="1" alpha="255"/>
          <rampLegendSettings minimumLabel="" orientation="2" suffix="" prefix="" maximumLabel="" useContinuousLegend="1" direction="0">
            <numericFormat id="basic">
              <Option type="Map">
                <Option name="decimal_separator" type="QChar" value=""/>
                <Option name="decimals" type="int" value="6"/>
                <Option name="rounding_type" type="int" value="0"/>
                <Option name="show_plus" type="bool" value="false"/>
                <Option name="show_thousand_separator" type="bool" value="true"/>
                <Option name="show_trailing_zeros" type="bool" value="false"/>
                <Option name="thousand_separator" type="QChar" value=""/>
              </Option>
            </numericFormat>
          </rampLegendSettings>
        </colorrampshader>
      </rastershader>
    </rasterrenderer>
    <brightnesscontrast gamma="1" contrast="0" brightness="0"/>
    <huesaturation colorizeStrength="100" grayscaleMode="0" saturation="0" colorizeRed="255" colorizeBlue="128" invertColors="0" colorizeOn="0" colorizeGreen="128"/>
    <rasterresampler maxOversampling="2"/>
    <resamplingStage>resamplingFilter</resamplingStage>
  </pipe>
  <blendMode>0</blendMode>
</qgis>
