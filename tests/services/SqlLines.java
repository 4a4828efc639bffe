import java.io.*;
import java.nio.charset.StandardCharsets;
import org.apache.spark.sql.*;

/** A session of Spark on one core that reads a statement a line, and answers each with its rows as JSON and an empty line. */
public class SqlLines {
    public static void main(String[] settings) throws Exception {
        SparkSession.Builder builder = SparkSession.builder().master("local[1]");
        for (String setting : settings) builder.config(setting.split("=", 2)[0], setting.split("=", 2)[1]);
        SparkSession spark = builder.getOrCreate();
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            try {
                Dataset<Row> rows = spark.sql(line.replace("\u2028", "\n"));
                if (rows.schema().length() > 0) for (Object row : (Object[]) rows.toJSON().collect()) out.println(row);
            } catch (Throwable error) {
                out.println("error " + error.toString().replace("\n", " "));
            }
            out.println();
        }
    }
}
