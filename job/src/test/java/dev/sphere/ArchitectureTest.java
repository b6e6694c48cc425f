package dev.sphere;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.sphere", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String FLINKS_OWN =
            ".*(Job|Flow|Function|Source|SourceReader|Enumerator|Sink|Writer|Schema|Serializer|Reporter)";

    @ArchTest
    static final ArchRule onlyClassesNamedAsFlinksImportFlink =
            noClasses()
                    .that(areDomainCode())
                    .and()
                    .resideOutsideOfPackage("dev.sphere.connector..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.apache.flink..");

    @ArchTest
    static final ArchRule dependenciesPointOneWay =
            layeredArchitecture()
                    .consideringOnlyDependenciesInLayers()
                    .layer("sphere")
                    .definedBy("dev.sphere")
                    .layer("observe")
                    .definedBy("dev.sphere.observe")
                    .layer("calendar")
                    .definedBy("dev.sphere.calendar")
                    .layer("forecast")
                    .definedBy("dev.sphere.forecast..")
                    .layer("policy")
                    .definedBy("dev.sphere.policy..")
                    .layer("cluster")
                    .definedBy("dev.sphere.cluster")
                    .layer("recommend")
                    .definedBy("dev.sphere.recommend")
                    .layer("scale")
                    .definedBy("dev.sphere.scale")
                    .layer("publish")
                    .definedBy("dev.sphere.publish")
                    .whereLayer("sphere")
                    .mayNotBeAccessedByAnyLayer()
                    .whereLayer("publish")
                    .mayOnlyBeAccessedByLayers("sphere")
                    .whereLayer("scale")
                    .mayOnlyBeAccessedByLayers("sphere", "publish")
                    .whereLayer("recommend")
                    .mayOnlyBeAccessedByLayers("sphere", "publish", "scale")
                    .whereLayer("cluster")
                    .mayOnlyBeAccessedByLayers("sphere", "recommend", "scale")
                    .whereLayer("calendar")
                    .mayOnlyBeAccessedByLayers("sphere", "forecast")
                    .whereLayer("policy")
                    .mayOnlyBeAccessedByLayers("sphere", "cluster", "recommend")
                    .whereLayer("forecast")
                    .mayOnlyBeAccessedByLayers("sphere", "publish", "recommend");

    @ArchTest
    static final ArchRule nothingIsCalledByWhatItIsNot =
            classes()
                    .should()
                    .haveNameNotMatching(".*(Util|Utils|Helper|Manager|Impl|Common)(\\$.*)?");

    /** A cluster's Flink brings slf4j 1.7, which has no fluent logging; tests run with 2.0. */
    @ArchTest
    static final ArchRule logsWithWhatFlinkBrings =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.slf4j.spi..", "org.slf4j.event..");

    private static DescribedPredicate<JavaClass> areDomainCode() {
        return new DescribedPredicate<>("are not named as Flink's own") {
            @Override
            public boolean test(JavaClass type) {
                var outermost = type;
                while (outermost.getEnclosingClass().isPresent()) {
                    outermost = outermost.getEnclosingClass().get();
                }
                return !outermost.getSimpleName().matches(FLINKS_OWN);
            }
        };
    }
}
