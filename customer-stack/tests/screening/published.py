"""Invented publications in each publisher's own form, for the tests of screening."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from customer_stack.screening.lists.ofac import OfacFiles
from customer_stack.screening.providers.contract import Download, ListUnreachable

SDN = (
    b'101,"VEXMOOR, Ottoline","individual","SDGT] [IFSR",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    b'"DOB 07 Oct 1963; alt. DOB circa 1965; POB Durango, Spain; nationality Spain; Gender Female; '
    b"Passport AB-12345 (Spain) issued 04 May 1976; National ID No. 778899001 (Spain); Phone Number 5551234; "
    b"a.k.a. 'LA VEX'; a.k.a. ''ABD AL-VEX'.\"\r\n"
    b'102,"HARROWGATE PHANTOM SHIPPING LTD.",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    b'"Tax ID No. 44556677 (Cuba)."\r\n'
    b'103,"SILENT GULL","vessel","CUBA",-0- ,"CL2685","General Cargo","2597","1098","Cuba","X",'
    b'"Vessel Registration Identification IMO 8012114; DOB sometime."\r\n'
    b'104,"EP-ZZZ","aircraft","IFSR",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
    b'105,"GRAYWATER, Zoltan","individual","SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    b'"DOB 1959 to 1961; alt. DOB Jan 1970; nationality Burma."\r\n\x1a'
)
ALT = (
    b'101,11,"aka","QUILLFEATHER, Ottoline",-0- \r\n'
    b'102,12,"fka","PHANTOM FREIGHT S.A.",-0- \r\n'
    b'105,13,"aka","GRAYWATERS, Zoltan Imre",-0- \r\n\x1a'
)
ADD = b'101,1,"1 Long Street","Havana","Cuba",-0- \r\n102,2,-0- ,-0- ,"Korea, North",-0- \r\n\x1a'
OFAC = OfacFiles(SDN, ALT, ADD)

UNITED_NATIONS = """<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-01-01T00:00:00Z">
 <INDIVIDUALS>
  <INDIVIDUAL><DATAID>900001</DATAID><FIRST_NAME>SERAPHIM</FIRST_NAME><SECOND_NAME>DUN</SECOND_NAME>
   <THIRD_NAME>MARROW</THIRD_NAME><UN_LIST_TYPE>DRC</UN_LIST_TYPE><REFERENCE_NUMBER>XXi.001</REFERENCE_NUMBER>
   <NAME_ORIGINAL_SCRIPT>සරත් ෆොන්සේකා</NAME_ORIGINAL_SCRIPT><GENDER>Male</GENDER>
   <NATIONALITY><VALUE>Democratic Republic of the Congo</VALUE></NATIONALITY>
   <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Serafim Dunmarow</ALIAS_NAME></INDIVIDUAL_ALIAS>
   <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Chief Marrow</ALIAS_NAME></INDIVIDUAL_ALIAS>
   <INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
   <INDIVIDUAL_ADDRESS><COUNTRY>Sri Lanka</COUNTRY></INDIVIDUAL_ADDRESS>
   <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1971-02-03</DATE></INDIVIDUAL_DATE_OF_BIRTH>
   <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>1980</YEAR></INDIVIDUAL_DATE_OF_BIRTH>
   <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1990</FROM_YEAR>
    <TO_YEAR>1992</TO_YEAR></INDIVIDUAL_DATE_OF_BIRTH>
   <INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>OB 0243318</NUMBER>
   </INDIVIDUAL_DOCUMENT>
   <INDIVIDUAL_DOCUMENT/>
  </INDIVIDUAL>
 </INDIVIDUALS>
 <ENTITIES>
  <ENTITY><DATAID>900002</DATAID><FIRST_NAME>HARROWGATE RELIEF FUND</FIRST_NAME>
   <UN_LIST_TYPE>Al-Qaida</UN_LIST_TYPE>
   <ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>Relief of Harrowgate</ALIAS_NAME></ENTITY_ALIAS>
   <ENTITY_ADDRESS><COUNTRY>Türkiye</COUNTRY></ENTITY_ADDRESS></ENTITY>
 </ENTITIES>
</CONSOLIDATED_LIST>
""".encode()

OPEN_SANCTIONS = (
    b'"id","schema","name","aliases","birth_date","countries","addresses","identifiers","sanctions","phones",'
    b'"emails","dataset","first_seen","last_seen","last_change"\n'
    b'"NK-1a","Person","Ottoline Vexmoor","O. Vexmoor;Ottoline Quill","1963-10-07;1964","es;cu","",'
    b'"AB-12345","","","","Invented PEPs","","",""\n'
    b'"NK-2b","LegalEntity","Harrowgate Phantom","","","gb","","","","","","Invented","","",""\n'
    b'"NK-3c","Address","1 Long Street","","","","","","","","","Invented","","",""\n'
)

LOCAL = (
    b"id,names,schema,births,countries,documents,programme\n"
    b"LOCAL-1,Barnaby Quillfeather-Stone;B. Q. Stone,person,1970-05-06;1980/1982,Sri Lanka;GB,"
    b"N-7654321,house\n"
    b"LOCAL-2,Harrowgate Phantom Shipping Company,entity,,,,house\n"
)

FILES = {
    "ofac_sdn": {"sdn.csv": SDN, "alt.csv": ALT, "add.csv": ADD},
    "un_consolidated": {"consolidated.xml": UNITED_NATIONS},
    "open_sanctions": {"targets.simple.csv": OPEN_SANCTIONS},
    "local": {"local.csv": LOCAL},
}


@dataclass
class Publisher:
    """Publishes whatever a test wants."""

    files: dict
    origin: str = "a test"
    problem: str | None = None
    asked: list = field(default_factory=list)

    async def fetch(self, files):
        self.asked.append(files)
        if self.problem:
            raise ListUnreachable(self.problem)
        return Download(self.files, datetime(2026, 11, 27, tzinfo=UTC))


def people(*names):
    return {"local.csv": b"id,names,programme\n" + b"".join(b"L-%d,%s,p\n" % each for each in names)}
